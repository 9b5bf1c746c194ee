/*
 * Whoever waits is let go at the end: a poll for tokens that can no longer come, a finalize and an abort whose time is up (both can be
 * asked again), and a camera that still writes to a slot of a stream that is gone.
 */
#define _XOPEN_SOURCE 600

#include "support.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

static uint16_t pixels[PIXELS];

struct poller {
    uint64_t stream;
    int32_t status;
    int tokens;
};

static void* poll_for_ever(void* argument)
{
    struct poller* poller = argument;
    uint64_t token;
    int32_t count;
    while ((poller->status = omz_poll_released(poller->stream, &token, 1, -1, &count)) == OMZ_OK)
        poller->tokens += count;
    return 0;
}

static void pollers_should_learn_of_the_end(int lent, int32_t (*end)(uint64_t))
{
    struct poller pollers[3];
    pthread_t threads[3];
    uint64_t stream = create(settings_of("polled", 0, ""));
    int tokens = 0;
    for (int i = 0; i < 3; i++) {
        pollers[i].stream = stream;
        pollers[i].tokens = 0;
        CHECK(pthread_create(&threads[i], 0, poll_for_ever, &pollers[i]) == 0);
    }
    for (int i = 0; i < lent; i++) {
        omz_frame frame = OMZ_FRAME_INIT;
        frame.pixels = pixels;
        frame.size_bytes = FRAME_BYTES;
        CHECK_STATUS(omz_append_borrowed(stream, &frame, (uint64_t)i), OMZ_OK);
    }
    CHECK_STATUS(end(stream), OMZ_OK);
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_join(threads[i], 0) == 0);
        CHECK_STATUS(pollers[i].status, OMZ_E_INVALID_HANDLE);
        tokens += pollers[i].tokens;
    }
    CHECK(tokens == lent);
}

static void an_end_should_be_asked_for_again(void)
{
    int32_t status;
    uint64_t stream = create(settings_of("again", 0, ", \"pipeline\": {\"finalize_timeout_ms\": 0}"));
    for (uint64_t i = 0; i < 50; i++)
        CHECK_STATUS(append_seed(stream, i), OMZ_OK);
    while ((status = omz_finalize(stream)) == OMZ_E_TIMEOUT)
        CHECK(strstr(last_error(), "omz_finalize_poll") != 0);
    CHECK_STATUS(status, OMZ_OK);
    CHECK(is_stored("again", 49, 49));
}

static void an_abort_should_be_begun_and_polled(void)
{
    uint64_t stream = create(settings_of("aborted", 0, ""));
    CHECK_STATUS(append_seed(stream, 1), OMZ_OK);
    CHECK_STATUS(omz_abort_begin(stream), OMZ_OK);
    CHECK_STATUS(append_seed(stream, 2), OMZ_E_FINALIZED);
    CHECK_STATUS(omz_finalize_poll(stream, -1, 0), OMZ_E_FINALIZED);
    CHECK_STATUS(omz_abort_begin(stream), OMZ_E_INVALID_HANDLE);
}

static void slots_should_stay_writable(void)
{
    void* slot;
    uint64_t capacity;
    int32_t number;
    uint64_t stream = create(settings_of("lost", 0, ""));
    CHECK_STATUS(omz_acquire_slot(stream, 0, &slot, &capacity, &number), OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_E_SLOTS_LOST);
    /* The next streams' memory must not be what the camera still writes to. */
    for (int i = 0; i < 4; i++)
        CHECK_STATUS(omz_finalize(create(settings_of("next", 0, ""))), OMZ_OK);
    memset(slot, 0xAB, capacity);
}

int main(int argc, char** argv)
{
    begin(argc, argv);
    alarm(120);
    pollers_should_learn_of_the_end(0, omz_finalize);
    pollers_should_learn_of_the_end(100, omz_finalize);
    pollers_should_learn_of_the_end(100, omz_abort);
    an_end_should_be_asked_for_again();
    an_abort_should_be_begun_and_polled();
    slots_should_stay_writable();
    return done();
}
