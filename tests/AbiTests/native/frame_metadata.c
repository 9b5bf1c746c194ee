/* Typed metadata goes with a frame however it is handed in: copied, in a slot, borrowed; what cannot be stored costs no frame. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <math.h>

static char document[1 << 16];

static const char* root_of(const char* name)
{
    char path[256];
    FILE* file;
    snprintf(path, sizeof path, "%s.ome.zarr/zarr.json", name);
    file = fopen(in_scratch(path), "rb");
    CHECK(file != NULL);
    document[fread(document, 1, sizeof document - 1, file)] = 0;
    fclose(file);
    return document;
}

static omz_frame described(const uint16_t* pixels, double delta_t)
{
    omz_frame frame = OMZ_FRAME_INIT;
    frame.pixels = pixels;
    frame.size_bytes = FRAME_BYTES;
    frame.flags = OMZ_FRAME_HAS_DELTA_T | OMZ_FRAME_HAS_POSITION_Z | OMZ_FRAME_HAS_TIMESTAMP;
    frame.delta_t = delta_t;
    frame.exposure_time = 123.0; /* its flag is not set */
    frame.position_z = -2.5;
    frame.timestamp_ns = INT64_MAX;
    return frame;
}

int main(int argc, char** argv)
{
    uint16_t pixels[3][PIXELS];
    omz_frame frame;
    uint64_t stream, token;
    int32_t slot, count;
    omz_stats stats = OMZ_STATS_INIT;
    void* room;
    begin(argc, argv);
    for (int i = 0; i < 3; i++)
        fill(pixels[i], PIXELS, (uint64_t)i);
    stream = create(settings_of("typed", 8, ""));

    frame = described(pixels[0], 0.25);
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_OK);

    CHECK_STATUS(omz_acquire_slot(stream, -1, &room, 0, &slot), OMZ_OK);
    memcpy(room, pixels[1], FRAME_BYTES);
    frame = described(room, 0.5);
    CHECK_STATUS(omz_commit_slot(stream, slot, &frame), OMZ_OK);

    frame = described(pixels[2], 0.75);
    CHECK_STATUS(omz_append_borrowed(stream, &frame, 7), OMZ_OK);
    CHECK_STATUS(omz_poll_released(stream, &token, 1, 60000, &count), OMZ_OK);
    CHECK(token == 7 && count == 1);

    /* What cannot be stored costs its value, never the frame; the result says so, and it is counted. */
    frame = described(pixels[0], NAN);
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_FRAME_METADATA_LOST);
    frame = described(pixels[1], INFINITY);
    CHECK_STATUS(omz_append_borrowed(stream, &frame, 8), OMZ_FRAME_METADATA_LOST);
    CHECK_STATUS(omz_poll_released(stream, &token, 1, 60000, &count), OMZ_OK);
    CHECK(token == 8 && count == 1);
    CHECK_STATUS(omz_acquire_slot(stream, -1, &room, 0, &slot), OMZ_OK);
    memcpy(room, pixels[2], FRAME_BYTES);
    frame.pixels = room;
    CHECK_STATUS(omz_commit_slot(stream, slot, &frame), OMZ_FRAME_METADATA_LOST);
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.frames_appended == 6 && stats.frames_metadata_lost == 3);

    /* a frame without metadata after these: what they had does not stick to its place */
    CHECK_STATUS(append_seed(stream, 3), OMZ_OK);

    CHECK_STATUS(omz_set_image_metadata(stream, "", "lab", "{\"temperature\": 37}"), OMZ_OK);
    CHECK_STATUS(omz_set_image_metadata(stream, "Pos7", "lab", "{}"), OMZ_E_INVALID_ARGUMENT);
    CHECK(strstr(last_error(), "Pos7") != 0);
    CHECK_STATUS(omz_set_image_metadata(stream, "", "ome_writers", "{}"), OMZ_E_RESERVED_NAME);
    CHECK_STATUS(omz_set_image_metadata(stream, 0, "lab", "{}"), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_OK);
    CHECK(strstr(root_of("typed"), "\"temperature\": 37") != 0); /* while frames still come */
    CHECK(exists("typed.ome.zarr/OME/frame_metadata/zarr.json") && exists("typed.ome.zarr/OME/frame_metadata/delta_t/c/0"));
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);

    for (int i = 0; i < 7; i++)
        CHECK(is_stored("typed", i, (uint64_t)(i < 6 ? i % 3 : 3)));
    CHECK(!is_stored("typed", 7, 0));
    root_of("typed");
    CHECK(strstr(document, "\"delta_t\": 0.25") != 0 && strstr(document, "\"delta_t\": 0.5") != 0 && strstr(document, "\"delta_t\": 0.75") != 0);
    CHECK(strstr(document, "\"position_z\": -2.5") != 0 && strstr(document, "\"timestamp_ns\": 9223372036854775807") != 0);
    CHECK(strstr(document, "exposure_time") == 0 && strstr(document, "\"temperature\": 37") != 0);
    CHECK(!exists("typed.ome.zarr/OME/frame_metadata/exposure_time"));
    CHECK(exists("typed.ome.zarr/OME/frame_metadata/time_points/0/zarr.json"));
    return done();
}
