/* JSON with a frame is stored as it is; what is no object, too long, too deep or wrongly typed is refused with its frame. */
#include "support.h"

#include <math.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint16_t pixels[PIXELS];

static int32_t append(uint64_t stream, const char* json)
{
    return omz_append_frame_meta(stream, pixels, sizeof pixels, json);
}

static char* nested(int levels)
{
    char* text = malloc((size_t)levels * 6 + 16);
    char* end = text;
    for (int i = 0; i < levels; i++)
        end += sprintf(end, "{\"a\":");
    end += sprintf(end, "0");
    for (int i = 0; i < levels; i++)
        *end++ = '}';
    *end = 0;
    return text;
}

static char* long_text(size_t bytes)
{
    static const char before[] = "{\"long\": \"";
    char* text = malloc(bytes + 1);
    memset(text, 'x', bytes);
    memcpy(text, before, sizeof before - 1);
    memcpy(text + bytes - 2, "\"}", 3);
    return text;
}

int main(int argc, char** argv)
{
    static const char* const lost[] = {
        "", " ", "null", "[]", "1", "\"text\"", "{", "{}{}", "{} x", "{'a': 1}", "{\"a\": }", "{\"a\": 1,}", "// note\n{}", "{\"a\": NaN}",
        "{\"delta_t\": \"1\"}", "{\"delta_t\": true}", "{\"delta_t\": 1e999}", "{\"exposure_time\": {}}", "{\"position_x\": [1]}",
        "{\"timestamp_ns\": 1.5}", "{\"timestamp_ns\": 9223372036854775808}", "{\"a\": \"\\ud800\"}", "{\"a\": \"\xFF\"}", "\xEF\xBB\xBF[]",
        "{\"\\udc00\": 1}", "{\"delta\\u005ft\": \"1\"}",
    };
    enum { LOST = sizeof lost / sizeof lost[0] };
    omz_stats stats = OMZ_STATS_INIT;
    omz_frame frame = OMZ_FRAME_INIT;
    char file[1 << 12];
    char* text;
    FILE* root;
    size_t bytes;
    uint64_t stream;
    begin(argc, argv);
    fill(pixels, PIXELS, 5);
    stream = create(settings_of("json", 0, ", \"pipeline\": {\"ring_frames\": 16}"));

    CHECK_STATUS(append(stream, 0), OMZ_OK);
    CHECK_STATUS(append(stream, "{\"note\": \"\xC2\xB5 and \\u00b5\", \"delta_t\": 1.5, \"storage_index\": \"ours\"}"), OMZ_OK);
    CHECK_STATUS(append(stream, "{\"exposure_time\": null}"), OMZ_OK);
    for (size_t i = 0; i < LOST; i++)
        CHECK_STATUS(append(stream, lost[i]), OMZ_FRAME_METADATA_LOST);
    frame.pixels = pixels;
    frame.size_bytes = sizeof pixels;
    frame.flags = OMZ_FRAME_HAS_DELTA_T | OMZ_FRAME_HAS_POSITION_X;
    frame.delta_t = 2.5;
    frame.position_x = HUGE_VAL;
    CHECK_STATUS(omz_append_frame_wait(stream, &frame, 10000), OMZ_FRAME_METADATA_LOST);
    text = nested(OMZ_FRAME_METADATA_MAX_DEPTH);
    CHECK_STATUS(append(stream, text), OMZ_OK);
    free(text);
    text = nested(OMZ_FRAME_METADATA_MAX_DEPTH + 1);
    CHECK_STATUS(append(stream, text), OMZ_FRAME_METADATA_LOST);
    free(text);
    text = nested(OMZ_FRAME_METADATA_MAX_BYTES);
    CHECK_STATUS(append(stream, text), OMZ_FRAME_METADATA_LOST);
    free(text);
    text = long_text(OMZ_FRAME_METADATA_MAX_BYTES + 1);
    CHECK_STATUS(append(stream, text), OMZ_FRAME_METADATA_LOST);
    free(text);
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.frames_metadata_lost == LOST + 4 && stats.frames_appended == LOST + 8);
    text = long_text(OMZ_FRAME_METADATA_MAX_BYTES);
    for (int i = 0; i < 300; i++) /* nearly ten times as much as is in flight at most */
        CHECK_STATUS(append(stream, text), OMZ_OK);
    free(text);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);

    for (int i = 0; i < LOST + 308; i++)
        CHECK(is_stored("json", i, 5));
    CHECK(!is_stored("json", LOST + 308, 5));
    /* 19 MiB of JSON: too much for the attributes, which say where it is */
    root = fopen(in_scratch("json.ome.zarr/zarr.json"), "rb");
    CHECK(root != NULL);
    bytes = fread(file, 1, sizeof file - 1, root);
    fclose(root);
    file[bytes] = 0;
    CHECK(strstr(file, "\"frame_metadata_arrays\"") != 0 && strstr(file, "OME/frame_metadata") != 0);
    CHECK(exists("json.ome.zarr/OME/frame_metadata/json/c/75"));
    return done();
}
