/*
 * Buffers borrowed from the caller: read where they lie, each token back exactly once - after the frames were stored, when the stream is
 * aborted, and when it fails - and never for a frame that was refused.
 */
#define _XOPEN_SOURCE 600

#include "platform.h"
#include "support.h"

#include <pthread.h>
#include <string.h>

enum { LIMIT = 256, FRAMES = 40 };

static uint16_t buffers[LIMIT + 1][PIXELS];
static int returned[LIMIT + 1];
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static int32_t borrow(uint64_t stream, uint64_t token, uint64_t seed)
{
    omz_frame frame = OMZ_FRAME_INIT;
    fill(buffers[token], PIXELS, seed);
    frame.pixels = buffers[token];
    frame.size_bytes = FRAME_BYTES;
    return omz_append_borrowed(stream, &frame, token);
}

/* The token is back, and its buffer may be written again: what was stored must not change with it. */
static void take_back(uint64_t token)
{
    CHECK(token <= LIMIT);
    returned[token]++;
    memset(buffers[token], 0xDD, FRAME_BYTES);
}

static void poll_all(uint64_t stream, int expected)
{
    for (int taken = 0; taken < expected;) {
        uint64_t tokens[7];
        int32_t count = -1;
        CHECK_STATUS(omz_poll_released(stream, tokens, 7, -1, &count), OMZ_OK);
        CHECK(count >= 1 && count <= 7);
        for (int i = 0; i < count; i++)
            take_back(tokens[i]);
        taken += count;
    }
}

static void each_came_back_once(int count)
{
    for (int i = 0; i <= LIMIT; i++)
        CHECK(returned[i] == (i < count));
    memset(returned, 0, sizeof returned);
}

static void refused_frames_keep_their_token(uint64_t stream)
{
    uint64_t tokens[1] = {99};
    int32_t count = -1;
    omz_frame frame = OMZ_FRAME_INIT;
    frame.size_bytes = FRAME_BYTES;
    CHECK_STATUS(omz_append_borrowed(stream, 0, 1), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_append_borrowed(stream, &frame, 1), OMZ_E_INVALID_ARGUMENT);
    frame.pixels = buffers[0];
    frame.size_bytes = FRAME_BYTES - 2;
    CHECK_STATUS(omz_append_borrowed(stream, &frame, 1), OMZ_E_FRAME_SIZE);
    frame.struct_size = 4;
    CHECK_STATUS(omz_append_borrowed(stream, &frame, 1), OMZ_E_STRUCT_SIZE);
    CHECK_STATUS(omz_poll_released(stream, tokens, 1, 0, &count), OMZ_E_TIMEOUT);
    CHECK(count == 0); CHECK(tokens[0] == 99);
    CHECK_STATUS(omz_poll_released(stream, 0, 1, 0, &count), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_poll_released(stream, tokens, 0, 0, &count), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_poll_released(stream, tokens, 1, 0, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_poll_released(stream, tokens, 1, -2, &count), OMZ_E_INVALID_ARGUMENT);
}

static void stored_and_given_back(void)
{
    uint64_t stream = create(settings_of("borrowed", 0, ""));
    refused_frames_keep_their_token(stream);
    for (uint64_t i = 0; i < FRAMES; i++)
        CHECK_STATUS(borrow(stream, i, i), OMZ_OK);
    poll_all(stream, FRAMES);
    each_came_back_once(FRAMES);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    for (int i = 0; i < FRAMES; i++)
        CHECK(is_stored("borrowed", i, (uint64_t)i));
}

/* All wait for one chunk to become whole; the handle is good for polling until the last token was taken. */
static void at_most_so_many_are_out(const char* name, int abort_it)
{
    uint64_t tokens[1];
    int32_t count;
    uint64_t stream = create(large_settings_of(name, 0, HEIGHT, WIDTH, 2 * LIMIT, ", \"pipeline\": {\"backpressure\": \"fail\"}"));
    for (uint64_t i = 0; i < LIMIT; i++)
        CHECK_STATUS(borrow(stream, i, i), OMZ_OK);
    CHECK_STATUS(borrow(stream, LIMIT, 0), OMZ_E_RING_FULL);
    CHECK_STATUS(abort_it ? omz_abort(stream) : omz_finalize(stream), OMZ_OK);
    poll_all(stream, LIMIT);
    each_came_back_once(LIMIT);
    CHECK_STATUS(omz_poll_released(stream, tokens, 1, -1, &count), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(borrow(stream, 0, 0), OMZ_E_INVALID_HANDLE);
}

static void on_release(uint64_t token, void* user_data)
{
    pthread_mutex_lock(&guard); /* several may run at the same time */
    CHECK(user_data == &guard);
    take_back(token);
    pthread_mutex_unlock(&guard);
}

static void called_back(void)
{
    uint64_t stream = create(settings_of("called", 0, ""));
    CHECK_STATUS(omz_set_release_callback(stream, 0, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_set_release_callback(stream, on_release, &guard), OMZ_OK);
    CHECK_STATUS(omz_set_release_callback(stream, on_release, &guard), OMZ_E_INVALID_ARGUMENT); /* once */
    for (uint64_t i = 0; i < FRAMES; i++)
        CHECK_STATUS(borrow(stream, i, 100 + i), OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    each_came_back_once(FRAMES);
    for (int i = 0; i < FRAMES; i++)
        CHECK(is_stored("called", i, 100 + (uint64_t)i));
}

static void given_back_by_a_stream_that_fails(void)
{
    uint64_t stream = create(settings_of("failing", 0, ""));
    int taken = 0;
    if (!limit_files_to(FRAME_BYTES / 2)) {
        CHECK_STATUS(omz_abort(stream), OMZ_OK);
        return;
    }
    while (taken < LIMIT && borrow(stream, (uint64_t)taken, 1) == OMZ_OK)
        taken++;
    CHECK(taken > 0);
    CHECK(omz_finalize(stream) < 0);
    poll_all(stream, taken);
    each_came_back_once(taken);
}

int main(int argc, char** argv)
{
    begin(argc, argv);
    stored_and_given_back();
    at_most_so_many_are_out("many", 0);
    at_most_so_many_are_out("given_up", 1);
    called_back();
    given_back_by_a_stream_that_fails();
    return done();
}
