/*
 * While one thread appends, others ask for statistics, flush and set metadata; then one of them finalizes in the middle. The appending
 * thread is told, and every frame that was taken is stored.
 */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <pthread.h>
#include <stdio.h>

enum { ROUNDS = 20, FRAMES_BEFORE_THE_END = 50 };

static uint64_t stream;

static int ended(int32_t status)
{
    return status == OMZ_E_FINALIZED || status == OMZ_E_INVALID_HANDLE;
}

static void* append_until_the_end(void* taken)
{
    for (uint64_t frame = 0;; frame++) {
        int32_t status = append_seed(stream, frame);
        if (ended(status))
            return 0;
        CHECK_STATUS(status, OMZ_OK);
        ++*(long*)taken;
    }
}

static void* ask(void* unused)
{
    omz_stats stats = OMZ_STATS_INIT;
    uint64_t before = 0;
    char text[4096];
    (void)unused;
    for (;;) {
        int32_t status;
        CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK); /* also of a stream that has ended */
        CHECK(stats.frames_appended >= before);
        CHECK(stats.frames_written <= stats.frames_appended);
        before = stats.frames_appended;
        CHECK(omz_get_stats_json(stream, text, (int32_t)sizeof text) > 0);
        status = omz_flush(stream, 0);
        if (ended(status))
            return 0;
        CHECK(status == OMZ_OK || status == OMZ_E_TIMEOUT);
        status = omz_set_metadata(stream, "lab", "{\"a\": 1}");
        CHECK(status == OMZ_OK || ended(status));
    }
}

int main(int argc, char** argv)
{
    begin(argc, argv);
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t appending, asking[2];
        omz_stats stats = OMZ_STATS_INIT;
        long taken = 0;
        stream = create(settings_of("shared", 0, ""));
        CHECK(pthread_create(&appending, 0, append_until_the_end, &taken) == 0);
        CHECK(pthread_create(&asking[0], 0, ask, 0) == 0);
        CHECK(pthread_create(&asking[1], 0, ask, 0) == 0);
        while (stats.frames_appended < FRAMES_BEFORE_THE_END)
            CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
        CHECK_STATUS(round % 2 == 0 ? omz_finalize(stream) : omz_abort(stream), OMZ_OK);
        pthread_join(appending, 0);
        pthread_join(asking[0], 0);
        pthread_join(asking[1], 0);
        if (round % 2 != 0)
            continue;
        CHECK(taken >= FRAMES_BEFORE_THE_END);
        for (long frame = 0; frame < taken; frame++)
            CHECK(is_stored("shared", frame, (uint64_t)frame));
    }
    return done();
}
