/*
 * Resolution levels, made while frames come: of frames in slots, of borrowed ones - each token back exactly once, and what is written over
 * a frame afterwards is on no level -, of frames that were skipped, and of stacks whose planes become one; flushed, finalized,
 * aborted, and with a level that cannot be written. Every pixel of the levels is made again here.
 */
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { LEVELS = 3, FRAMES = 24, SKIPPED = -1 };

static uint16_t buffers[FRAMES][PIXELS];
static int returned[FRAMES];

/* Frames as those of settings_of, along t or in a stack whose planes become one in pairs, on three levels. */
static uint64_t open_stream(const char* name, const char* axis, const char* pipeline)
{
    char settings[2048];
    snprintf(settings, sizeof settings,
             "{\"root_path\": \"%s.ome.zarr\", \"overwrite\": true, \"dtype\": \"uint16\", \"dimensions\": ["
             "{\"name\": \"%s\"}, {\"name\": \"y\", \"count\": %d}, {\"name\": \"x\", \"count\": %d}], "
             "\"pyramid\": {\"levels\": %d, \"method\": \"mean\"%s}, \"pipeline\": {%s}}",
             in_scratch(name), axis, HEIGHT, WIDTH, LEVELS, *axis == 'z' ? ", \"factors\": {\"z\": 2}" : "", pipeline);
    return create(settings);
}

/* The mean of blocks of 2 x 2 pixels of all planes; halfway between two whole numbers it is the even one. */
static void reduce(const uint16_t* planes, int count, int height, int width, uint16_t* out)
{
    uint32_t pixels = 4u * (uint32_t)count;
    for (int y = 0; y < height; y += 2) {
        for (int x = 0; x < width; x += 2) {
            uint32_t sum = 0, twice_rest;
            for (int plane = 0; plane < count; plane++) {
                const uint16_t* first = planes + (plane * height + y) * width + x;
                sum += (uint32_t)first[0] + first[1] + first[width] + first[width + 1];
            }
            twice_rest = sum % pixels * 2;
            *out++ = (uint16_t)(sum / pixels + (twice_rest > pixels || (twice_rest == pixels && sum / pixels % 2 == 1)));
        }
    }
}

static int is_chunk(const char* name, int level, int plane, const uint16_t* expected, int pixels)
{
    uint16_t stored[PIXELS + 1];
    char chunk[512];
    size_t count;
    FILE* file;
    snprintf(chunk, sizeof chunk, "%s.ome.zarr/%d/c/%d/0/0", name, level, plane);
    file = fopen(in_scratch(chunk), "rb");
    if (file == NULL)
        return 0;
    count = fread(stored, sizeof stored[0], PIXELS + 1, file);
    fclose(file);
    return count == (size_t)pixels && memcmp(stored, expected, count * sizeof stored[0]) == 0;
}

static int is_missing(const char* name, int level, int plane)
{
    char chunk[512];
    snprintf(chunk, sizeof chunk, "%s.ome.zarr/%d/c/%d/0/0", name, level, plane);
    return !exists(chunk);
}

/* All levels are stored as frames with these seeds make them. step: planes that become one. */
static void check_levels(const char* name, const int* seeds, int frames, int step)
{
    static uint16_t planes[FRAMES * PIXELS];
    int stored[FRAMES], height = HEIGHT, width = WIDTH;
    for (int i = 0; i < frames; i++) {
        stored[i] = seeds[i] != SKIPPED;
        memset(planes + i * PIXELS, 0, FRAME_BYTES);
        if (stored[i])
            fill(planes + i * PIXELS, PIXELS, (uint64_t)seeds[i]);
    }
    for (int level = 0; level < LEVELS; level++, height /= 2, width /= 2) {
        for (int i = 0; i < frames; i++)
            CHECK(stored[i] ? is_chunk(name, level, i, planes + i * height * width, height * width) : is_missing(name, level, i));
        for (int i = 0; i * step < frames; i++) { /* in place: a block lies before all that come after it */
            int count = frames - i * step < step ? frames - i * step : step;
            stored[i] = stored[i * step] || stored[i * step + count - 1];
            reduce(planes + i * step * height * width, count, height, width, planes + i * height * width / 4);
        }
        frames = (frames + step - 1) / step;
    }
}

static void number(int* seeds, int frames, int first)
{
    for (int i = 0; i < frames; i++)
        seeds[i] = first + i;
}

static int32_t borrow(uint64_t stream, int token, int seed)
{
    omz_frame frame = OMZ_FRAME_INIT;
    fill(buffers[token], PIXELS, (uint64_t)seed);
    frame.pixels = buffers[token];
    frame.size_bytes = FRAME_BYTES;
    return omz_append_borrowed(stream, &frame, (uint64_t)token);
}

/* Every token comes back once; its buffer is written over as soon as it does. */
static void poll_all(uint64_t stream, int expected)
{
    for (int taken = 0; taken < expected;) {
        uint64_t tokens[5];
        int32_t count = 0;
        CHECK_STATUS(omz_poll_released(stream, tokens, 5, -1, &count), OMZ_OK);
        for (int i = 0; i < count; i++) {
            CHECK(tokens[i] < FRAMES);
            returned[tokens[i]]++;
            memset(buffers[tokens[i]], 0xDD, FRAME_BYTES);
        }
        taken += count;
    }
    for (int i = 0; i < FRAMES; i++)
        CHECK(returned[i] == (i < expected));
    memset(returned, 0, sizeof returned);
}

/* A slot is free again once all that is made of it is made: fewer slots than frames. */
static void slots(void)
{
    int seeds[FRAMES];
    uint64_t stream = open_stream("slots", "t", "\"ring_frames\": 4");
    for (int i = 0; i < FRAMES; i++) {
        void* pixels;
        int32_t slot;
        CHECK_STATUS(omz_acquire_slot(stream, -1, &pixels, 0, &slot), OMZ_OK);
        fill(pixels, PIXELS, (uint64_t)i);
        CHECK_STATUS(omz_commit_slot(stream, slot, 0), OMZ_OK);
    }
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    number(seeds, FRAMES, 0);
    check_levels("slots", seeds, FRAMES, 1);
}

/* A flush is a flush of all levels; what was skipped is on none of them. */
static void flushed(void)
{
    int seeds[7] = {10, SKIPPED, SKIPPED, 11, 12, SKIPPED, 13};
    omz_stats stats = OMZ_STATS_INIT;
    uint64_t stream = open_stream("flushed", "t", "");
    for (int i = 0; i < 7; i++)
        CHECK_STATUS(seeds[i] == SKIPPED ? omz_skip_frames(stream, 1) : append_seed(stream, (uint64_t)seeds[i]), OMZ_OK);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_OK);
    check_levels("flushed", seeds, 7, 1);
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.frames_appended == 4 && stats.frames_written == 4 && stats.frames_encoded == 4);
    CHECK(stats.bytes_in == 4 * FRAME_BYTES);
    CHECK(stats.chunks_written == 4 * LEVELS); /* those of all levels, as bytes_out */
    CHECK(stats.bytes_out == 4 * (FRAME_BYTES + FRAME_BYTES / 4 + FRAME_BYTES / 16));
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    check_levels("flushed", seeds, 7, 1);
}

static void borrowed(const char* name, const char* axis, int step)
{
    int seeds[FRAMES];
    uint64_t stream = open_stream(name, axis, "");
    number(seeds, FRAMES, 100);
    for (int i = 0; i < FRAMES; i++)
        CHECK_STATUS(borrow(stream, i, seeds[i]), OMZ_OK);
    poll_all(stream, FRAMES);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_OK);
    check_levels(name, seeds, FRAMES, step);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    check_levels(name, seeds, FRAMES, step);
}

/* The last planes become one with those that there are; with a skipped one as if it were 0. */
static void stack_of_odd_height(void)
{
    int seeds[9] = {50, 51, SKIPPED, 52, SKIPPED, SKIPPED, 53, SKIPPED, 54};
    uint64_t stream = open_stream("odd", "z", "");
    int tokens = 0;
    for (int i = 0; i < 9; i++) {
        CHECK_STATUS(seeds[i] == SKIPPED ? omz_skip_frames(stream, 1) : borrow(stream, tokens, seeds[i]), OMZ_OK);
        tokens += seeds[i] != SKIPPED;
    }
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    poll_all(stream, tokens);
    check_levels("odd", seeds, 9, 2);
    CHECK(is_missing("odd", 0, 9) && is_missing("odd", 1, 5) && is_missing("odd", 2, 3));
}

/* The fifth plane waits for the sixth, on level 1, and the third of level 1 on level 2: they are given up, their buffers are not. */
static void aborted(void)
{
    int seeds[5];
    uint64_t stream = open_stream("aborted", "z", "");
    number(seeds, 5, 200);
    for (int i = 0; i < 5; i++)
        CHECK_STATUS(borrow(stream, i, seeds[i]), OMZ_OK);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_OK);
    CHECK_STATUS(omz_abort(stream), OMZ_OK);
    poll_all(stream, 5);
    check_levels("aborted", seeds, 4, 2);
    CHECK(is_stored("aborted", 4, 204) && is_missing("aborted", 1, 2) && is_missing("aborted", 2, 1));
}

/* Level 1 alone cannot be written: that fails the stream as if it were full resolution, and nothing is kept back. */
static void failing(void)
{
    FILE* in_the_way;
    int taken = 0;
    int32_t status = OMZ_OK;
    uint64_t stream = open_stream("failing", "z", "");
    CHECK(exists("failing.ome.zarr/1/zarr.json"));
    in_the_way = fopen(in_scratch("failing.ome.zarr/1/c"), "w"); /* where a folder must be */
    CHECK(in_the_way != NULL && fclose(in_the_way) == 0);
    while (taken < FRAMES && (status = borrow(stream, taken, taken)) == OMZ_OK)
        taken++;
    CHECK(status == OMZ_OK || status == OMZ_E_IO);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_E_IO);
    CHECK_STATUS(omz_finalize(stream), OMZ_E_IO);
    poll_all(stream, taken);
}

int main(int argc, char** argv)
{
    begin(argc, argv);
    slots();
    flushed();
    borrowed("borrowed", "t", 1);
    borrowed("stack", "z", 2);
    stack_of_odd_height();
    aborted();
    failing();
    return done();
}
