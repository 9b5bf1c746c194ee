/*
 * A host that has 3 buffers, and chunks of 32 frames. It tells so, and always gets a buffer back; all frames are stored, and no
 * memory goes into a ring. What cannot work is refused when the stream is created.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFERS = 3, FRAMES = 100, CHUNK = 32 };

static uint16_t buffers[BUFFERS][PIXELS];

static const char* settings(const char* pipeline)
{
    static char more[256];
    strcpy(more, ", \"compression\": \"none\", \"pipeline\": ");
    strcat(more, pipeline);
    return large_settings_of("few", FRAMES, HEIGHT, WIDTH, CHUNK, more);
}

static void lend(uint64_t stream, uint64_t token, uint64_t seed)
{
    omz_frame frame = OMZ_FRAME_INIT;
    fill(buffers[token], PIXELS, seed);
    frame.pixels = buffers[token];
    frame.size_bytes = FRAME_BYTES;
    CHECK_STATUS(omz_append_borrowed(stream, &frame, token), OMZ_OK);
}

int main(int argc, char** argv)
{
    uint64_t stream, token = 0;
    int32_t count = 0, slot = -1;
    void* address = 0;
    omz_stats stats = OMZ_STATS_INIT;
    char layout[16384];
    begin(argc, argv);

    CHECK(omz_describe_layout(settings("{\"borrowed_buffers\": 3}"), layout, (int32_t)sizeof layout) > 0);
    CHECK(strstr(layout, "\"copies_early\":true") != 0 && strstr(layout, "\"borrowed_frames\":3") != 0);

    stream = create(settings("{\"workers\": 2, \"borrowed_buffers\": 3}"));
    CHECK(omz_list_slots(stream, 0, 0, 0) == 0);
    CHECK_STATUS(append_seed(stream, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK(strstr(last_error(), "pipeline.ring_frames") != 0);
    CHECK_STATUS(omz_acquire_slot(stream, -1, &address, 0, &slot), OMZ_E_INVALID_ARGUMENT);
    for (uint64_t i = 0; i < FRAMES; i++) {
        if (i < BUFFERS)
            token = i;
        else
            CHECK_STATUS(omz_poll_released(stream, &token, 1, 30000, &count), OMZ_OK);
        memset(buffers[token], 0xDD, FRAME_BYTES); /* the camera's next frame */
        lend(stream, token, i);
    }
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.frames_borrowed == FRAMES && stats.frames_appended == FRAMES && stats.borrowed_capacity == BUFFERS);
    CHECK(stats.borrowed_held <= BUFFERS && stats.ring_capacity == 0 && stats.ring_high_water == 0);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    {
        /* the chunk of frames 32 to 63 holds them in order */
        char* bytes = malloc(CHUNK * FRAME_BYTES + 1);
        FILE* file = fopen(in_scratch("few.ome.zarr/0/c/1/0/0"), "rb");
        CHECK(file != 0 && fread(bytes, 1, CHUNK * FRAME_BYTES + 1, file) == CHUNK * FRAME_BYTES);
        for (uint64_t i = 0; i < CHUNK; i++) {
            fill(buffers[0], PIXELS, CHUNK + i);
            CHECK(memcmp(bytes + i * FRAME_BYTES, buffers[0], FRAME_BYTES) == 0);
        }
        fclose(file);
        free(bytes);
    }

    /* slots when they are asked for */
    stream = create(settings("{\"workers\": 2, \"borrowed_buffers\": 3, \"ring_frames\": 4}"));
    CHECK(omz_list_slots(stream, 0, 0, 0) == 4);
    CHECK_STATUS(append_seed(stream, 0), OMZ_OK);
    lend(stream, 0, 1);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK_STATUS(omz_poll_released(stream, &token, 1, -1, &count), OMZ_OK);
    return done();
}
