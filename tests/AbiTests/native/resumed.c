/* A stream that is finalized, aborted and left in the middle of a chunk, and gone on with each time. */
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { FRAMES = 20, CHUNK = 4 };

/* The same settings with resume in place of overwrite. */
static const char* resuming(const char* more)
{
    static char text[16384];
    const char* settings = large_settings_of("data", 0, HEIGHT, WIDTH, CHUNK, more);
    const char* found = strstr(settings, "\"overwrite\": true");
    CHECK(found != 0);
    snprintf(text, sizeof text, "%.*s\"resume\": true%s", (int)(found - settings), settings,
             found + strlen("\"overwrite\": true"));
    return text;
}

static void append_until(uint64_t stream, int64_t end)
{
    int64_t next = -1;
    for (CHECK_STATUS(omz_next_frame(stream, &next), OMZ_OK); next < end; next++)
        CHECK_STATUS(append_seed(stream, (uint64_t)next), OMZ_OK);
}

/* Goes on, and expects the next frame in all places that tell it. */
static uint64_t go_on(int64_t expected)
{
    omz_stats stats = OMZ_STATS_INIT;
    uint64_t stream = create(resuming(""));
    int64_t next = -1;
    CHECK_STATUS(omz_next_frame(stream, &next), OMZ_OK);
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(next == expected && stats.next_frame == (uint64_t)expected && stats.frames_appended == (uint64_t)expected);
    return stream;
}

int main(int argc, char** argv)
{
    static uint16_t pixels[FRAMES * PIXELS], stored[FRAMES * PIXELS];
    const int64_t start[3] = {0, 0, 0}, count[3] = {FRAMES, HEIGHT, WIDTH};
    uint64_t stream, other = 0, dataset = 0;
    int64_t none = -1;
    begin(argc, argv);
    CHECK_STATUS(omz_next_frame(12345, &none), OMZ_E_INVALID_HANDLE);
    stream = create(resuming(""));
    CHECK_STATUS(omz_next_frame(stream, 0), OMZ_E_INVALID_ARGUMENT);
    append_until(stream, 6);
    CHECK_STATUS(omz_create(resuming(""), &other), OMZ_E_ALREADY_EXISTS);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);

    /* What is given up comes again: the chunk that was incomplete stays as the finalize left it. */
    stream = go_on(6);
    append_until(stream, 7);
    CHECK_STATUS(omz_abort(stream), OMZ_OK);
    stream = go_on(6);
    append_until(stream, 13);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK_STATUS(omz_create(resuming(", \"checksum\": true"), &other), OMZ_E_INVALID_SETTINGS);
    CHECK(strstr(last_error(), "`checksum` was false and is now true") != 0);
    stream = go_on(13);
    append_until(stream, FRAMES);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);

    for (uint64_t frame = 0; frame < FRAMES; frame++)
        fill(pixels + frame * PIXELS, PIXELS, frame);
    CHECK_STATUS(omz_open(in_scratch("data.ome.zarr"), -1, &dataset), OMZ_OK);
    CHECK_STATUS(omz_read_region(dataset, 0, 0, 3, start, count, 0, stored, sizeof stored, 0, -1, 0), OMZ_OK);
    CHECK(memcmp(stored, pixels, sizeof pixels) == 0);
    CHECK_STATUS(omz_close(dataset), OMZ_OK);

    /* Metadata can still be set, by whoever holds no stream. */
    CHECK_STATUS(omz_set_dataset_metadata(in_scratch("data.ome.zarr"), 0, "lab", "{\"a\": 1}", 60000), OMZ_OK);
    CHECK_STATUS(omz_set_dataset_metadata(in_scratch("data.ome.zarr"), "0", "lab", "[2]", -1), OMZ_OK);
    CHECK_STATUS(omz_set_dataset_metadata(in_scratch("data.ome.zarr"), "1", "lab", "2", -1), OMZ_E_NOT_FOUND);
    CHECK_STATUS(omz_set_dataset_metadata(in_scratch("nothing"), 0, "lab", "2", -1), OMZ_E_NOT_FOUND);
    CHECK_STATUS(omz_set_dataset_metadata(in_scratch("data.ome.zarr"), 0, "ome", "2", -1), OMZ_E_RESERVED_NAME);
    CHECK_STATUS(omz_set_dataset_metadata(in_scratch("data.ome.zarr"), "..", "lab", "2", -1), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_set_dataset_metadata(in_scratch("data.ome.zarr"), 0, "lab", "{", -1), OMZ_E_INVALID_ARGUMENT);
    stream = go_on(FRAMES);
    CHECK_STATUS(omz_set_dataset_metadata(in_scratch("data.ome.zarr"), 0, "lab", "2", -1), OMZ_E_ALREADY_EXISTS);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    return done();
}
