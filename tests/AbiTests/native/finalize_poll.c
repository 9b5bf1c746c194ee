/* Finalize in steps: it returns at once, progress grows from 0 to 1, the handle lives until the end is told. */
#include "support.h"

#include <stdlib.h>

enum { SIDE = 512, SIDE_PIXELS = SIDE * SIDE, FRAMES = 16 };

int main(int argc, char** argv)
{
    uint16_t* noise = malloc(SIDE_PIXELS * 2);
    uint64_t stream;
    int32_t status;
    double progress = -1, before = 0;
    int polls = 0;
    omz_stats stats = OMZ_STATS_INIT;
    begin(argc, argv);
    CHECK(noise != 0);
    fill(noise, SIDE_PIXELS, 1);
    stream = create(large_settings_of("poll", FRAMES, SIDE, SIDE, 1,
                                      ", \"compression\": {\"name\": \"zstd\", \"level\": 22}, \"pipeline\": {\"workers\": 1}"));
    for (int i = 0; i < FRAMES; i++)
        CHECK_STATUS(omz_append_frame(stream, noise, SIDE_PIXELS * 2), OMZ_OK);

    CHECK_STATUS(omz_finalize_begin(stream), OMZ_OK);
    while ((status = omz_finalize_poll(stream, 5, &progress)) == OMZ_E_TIMEOUT) {
        CHECK(progress >= before && progress <= 1);
        before = progress;
        CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
        polls++;
    }
    CHECK_STATUS(status, OMZ_OK);
    CHECK(polls > 0 && stats.frames_appended == FRAMES);
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.frames_written == FRAMES);
    CHECK(exists("poll.ome.zarr/0/c/15/0/0"));
    free(noise);
    return done();
}
