/*
 * A codec far slower than the camera (zstd 22 on noise, one worker) and a ring of a few frames: each way of back-pressure says what it
 * did, counts it, and keeps exactly the frames that it took.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 512, SIDE_PIXELS = SIDE * SIDE, SIDE_BYTES = SIDE_PIXELS * 2, APPENDS = 64 };

static uint16_t* noise;

static uint64_t slow_stream(const char* name, long chunk_frames, const char* pipeline)
{
    char more[512];
    snprintf(more, sizeof more,
             ", \"compression\": {\"name\": \"zstd\", \"level\": 22}, \"pipeline\": {\"workers\": 1, \"ring_frames\": 4, %s}",
             pipeline);
    return create(large_settings_of(name, 0, SIDE, SIDE, chunk_frames, more));
}

/* Appends until something else than OMZ_OK comes back; that. */
static int32_t append_until_full(uint64_t stream, uint64_t* taken)
{
    int32_t status = OMZ_OK;
    for (*taken = 0; *taken < APPENDS && status == OMZ_OK; *taken += status == OMZ_OK)
        status = omz_append_frame(stream, noise, SIDE_BYTES);
    return status;
}

static omz_stats stats_of(uint64_t stream)
{
    omz_stats stats = OMZ_STATS_INIT;
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.ring_capacity == 4 && stats.ring_high_water <= 4 && stats.ring_occupancy <= 4);
    return stats;
}

static void fail_refuses_the_frame(void)
{
    uint64_t taken, stream = slow_stream("fail", 1, "\"backpressure\": \"fail\"");
    omz_stats stats;
    CHECK_STATUS(append_until_full(stream, &taken), OMZ_E_RING_FULL);
    stats = stats_of(stream);
    CHECK(taken >= 4 && stats.frames_appended == taken && stats.frames_dropped == 0 && stats.ring_waits == 1);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_OK);
    CHECK_STATUS(omz_append_frame(stream, noise, SIDE_BYTES), OMZ_OK); /* the ring is free again */
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK(exists("fail.ome.zarr/0/zarr.json"));
}

static void drop_counts_the_frame(void)
{
    uint64_t taken, stream = slow_stream("drop", 1, "\"backpressure\": \"drop\"");
    omz_stats stats;
    CHECK_STATUS(append_until_full(stream, &taken), OMZ_FRAME_DROPPED);
    stats = stats_of(stream);
    CHECK(stats.frames_appended == taken && stats.frames_dropped == 1);
    CHECK(stats.bytes_in == taken * SIDE_BYTES);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK); /* a dropped frame was asked for: it is no error */
}

static void block_waits_for_its_time(void)
{
    uint64_t taken, stream = slow_stream("wait", 1, "\"backpressure\": \"block\", \"append_timeout_ms\": 1");
    omz_stats stats;
    CHECK_STATUS(append_until_full(stream, &taken), OMZ_E_TIMEOUT);
    CHECK(strstr(last_error(), "4 slots") != 0);
    stats = stats_of(stream);
    CHECK(stats.frames_appended == taken && stats.ring_waits >= 1 && stats.ring_wait_ns >= 1000000);
    CHECK_STATUS(omz_flush(stream, 1), OMZ_E_TIMEOUT);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_OK);
    CHECK_STATUS(omz_append_frame(stream, noise, SIDE_BYTES), OMZ_OK); /* nothing was changed: the frame may come again */
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
}

static void block_takes_every_frame(void)
{
    uint64_t stream = slow_stream("block", 1, "\"backpressure\": \"block\", \"append_timeout_ms\": -1");
    omz_stats stats;
    for (int i = 0; i < 10; i++)
        CHECK_STATUS(omz_append_frame(stream, noise, SIDE_BYTES), OMZ_OK);
    stats = stats_of(stream);
    CHECK(stats.frames_appended == 10 && stats.ring_waits >= 1 && stats.frames_dropped == 0);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
}

int main(int argc, char** argv)
{
    begin(argc, argv);
    noise = malloc(SIDE_BYTES);
    CHECK(noise != 0);
    fill(noise, SIDE_PIXELS, 4);
    fail_refuses_the_frame();
    drop_counts_the_frame();
    block_waits_for_its_time();
    block_takes_every_frame();
    free(noise);
    return done();
}
