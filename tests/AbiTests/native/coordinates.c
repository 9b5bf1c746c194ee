/* Frames are named by their index along each dimension: in any order, checked against the dimensions, with colours in one frame. */
#include "support.h"

#include <stdio.h>
#include <string.h>

static const char* settings(const char* name, const char* dimensions, const char* more)
{
    static char text[4096];
    snprintf(text, sizeof text,
             "{\"root_path\": \"%s.ome.zarr\", \"overwrite\": true, \"dtype\": \"uint8\", \"dimensions\": [%s, "
             "{\"name\": \"y\", \"count\": 2}, {\"name\": \"x\", \"count\": 3}]%s}",
             in_scratch(name), dimensions, more);
    return text;
}

static int stored(const char* chunk)
{
    FILE* file = fopen(in_scratch(chunk), "rb");
    int first = file == 0 ? -1 : fgetc(file);
    if (file != 0)
        fclose(file);
    return first;
}

int main(int argc, char** argv)
{
    const char* tzc = "{\"name\": \"t\", \"count\": null}, {\"name\": \"z\", \"count\": 4, \"type\": \"space\"}, "
                      "{\"name\": \"c\", \"count\": 2}";
    uint8_t pixels[18];
    int64_t at[3] = {0, 0, 0}, index = -7;
    uint64_t stream;
    char path[512];
    int32_t size;
    begin(argc, argv);

    stream = create(settings("volume", tzc, ""));
    size = omz_output_path(stream, path, (int32_t)sizeof path);
    CHECK(size == (int32_t)strlen(path) + 1 && strcmp(path, in_scratch("volume.ome.zarr")) == 0);
    CHECK(omz_output_path(stream, 0, 0) == size);
    at[0] = 3, at[1] = 2, at[2] = 1;
    CHECK_STATUS(omz_frame_index(stream, at, 3, &index), OMZ_OK);
    CHECK(index == (3 * 4 + 2) * 2 + 1);
    for (int t = 2; t >= 0; t--) { /* against the acquisition's order */
        for (int z = 3; z >= 0; z--) {
            for (int c = 1; c >= 0; c--) {
                at[0] = t, at[1] = z, at[2] = c;
                memset(pixels, 100 + t * 8 + z * 2 + c, sizeof pixels);
                CHECK_STATUS(omz_append_frame_at(stream, at, 3, pixels, 6), OMZ_OK);
            }
        }
    }
    CHECK_STATUS(omz_append_frame_at(stream, at, 3, pixels, 6), OMZ_E_FRAME_INDEX); /* taken */
    index = -7;
    at[1] = 4;
    CHECK_STATUS(omz_frame_index(stream, at, 3, &index), OMZ_E_FRAME_INDEX);
    CHECK(strstr(last_error(), "coordinates[1] is 4") != 0 && strstr(last_error(), "dimension z") != 0 && index == -7);
    at[1] = -1;
    CHECK_STATUS(omz_append_frame_at(stream, at, 3, pixels, 6), OMZ_E_FRAME_INDEX);
    at[1] = 0, at[0] = INT64_MAX;
    CHECK_STATUS(omz_append_frame_at(stream, at, 3, pixels, 6), OMZ_E_FRAME_INDEX);
    at[0] = 4;
    CHECK_STATUS(omz_append_frame_at(stream, at, 2, pixels, 6), OMZ_E_INVALID_ARGUMENT);
    CHECK(strstr(last_error(), "t, z, c") != 0);
    CHECK_STATUS(omz_append_frame_at(stream, 0, 3, pixels, 6), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_append_frame_at(stream, at, 3, 0, 6), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_append_frame_at(stream, at, 3, pixels, 5), OMZ_E_FRAME_SIZE);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK(stored("volume.ome.zarr/0/c/2/1/3/0/0") == 100 + 2 * 8 + 3 * 2 + 1); /* stored as t, c, z */
    CHECK(stored("volume.ome.zarr/0/c/0/0/0/0/0") == 100);

    /* the colours of a frame are no coordinate; blue, green, red, and a byte that is not stored */
    stream = create(settings("colours", "{\"name\": \"t\", \"count\": 2}, {\"name\": \"c\", \"count\": 3}",
                             ", \"frame\": {\"pixel_format\": \"bgrx8\"}"));
    {
        uint8_t bgrx[24];
        for (int i = 0; i < 24; i++)
            bgrx[i] = (uint8_t)(i % 4 == 0 ? 30 : i % 4 == 1 ? 20 : i % 4 == 2 ? 10 : 99);
        at[0] = 1;
        CHECK_STATUS(omz_append_frame_at(stream, at, 1, bgrx, sizeof bgrx), OMZ_OK);
    }
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK(stored("colours.ome.zarr/0/c/1/0/0/0") == 10 && stored("colours.ome.zarr/0/c/1/1/0/0") == 20);
    CHECK(stored("colours.ome.zarr/0/c/1/2/0/0") == 30);

    /* a single frame has no coordinates */
    stream = create(settings("one", "{\"name\": \"c\", \"count\": 3}", ", \"frame\": {\"pixel_format\": \"rgb8\"}"));
    CHECK_STATUS(omz_frame_index(stream, 0, 0, &index), OMZ_OK);
    CHECK(index == 0);
    CHECK_STATUS(omz_append_frame_at(stream, 0, 0, pixels, 18), OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    return done();
}
