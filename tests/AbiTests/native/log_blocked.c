/*
 * A log callback that does not return keeps nobody waiting: streams are created, appended to and finalized, and the callback is
 * replaced, with a time-out that says what is still running. Lines that found no room are counted. The callback itself cannot
 * set another.
 */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS = 700, THREADS = 2 }; /* two lines each: more than the 1024 that wait */

static sem_t entered, may_leave;
static volatile int lines, left, others, tells_missing;
static int marker;

static void on_line_blocking(int32_t level, const char* message, void* data)
{
    (void)level;
    (void)data;
    lines++;
    tells_missing |= strstr(message, "missing") != 0;
    sem_post(&entered);
    while (sem_wait(&may_leave) != 0)
        continue;
    sem_post(&may_leave); /* once it may, it may for ever */
    left++;
}

static void on_other_line(int32_t level, const char* message, void* data)
{
    (void)level;
    (void)message;
    CHECK(data == &marker);
    others++;
    CHECK_STATUS(omz_set_log_callback(0, OMZ_LOG_DEBUG, 0), OMZ_E_BUSY);
}

static void* acquire(void* name)
{
    char settings[4096];
    uint64_t stream = 0;
    unsigned char pixels[64] = {0};
    snprintf(settings, sizeof settings,
             "{\"root_path\": \"%s\", \"overwrite\": true, \"dtype\": \"uint8\", \"dimensions\": [{\"name\": \"y\", \"count\": 8}, "
             "{\"name\": \"x\", \"count\": 8}], \"durability\": {\"fsync\": \"never\"}, \"pipeline\": {\"workers\": 1}}",
             (const char*)name);
    for (int i = 0; i < STREAMS / THREADS; i++) {
        CHECK_STATUS(omz_create(settings, &stream), OMZ_OK);
        CHECK_STATUS(omz_append_frame(stream, pixels, sizeof pixels), OMZ_OK);
        CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    }
    return 0;
}

static void acquire_beside(void)
{
    pthread_t threads[THREADS];
    char names[THREADS][4096];
    for (int i = 0; i < THREADS; i++) {
        snprintf(names[i], sizeof names[i], "%s%d.ome.zarr", in_scratch("blocked"), i);
        CHECK(pthread_create(&threads[i], 0, acquire, names[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], 0) == 0);
}

int main(int argc, char** argv)
{
    begin(argc, argv);
    CHECK(sem_init(&entered, 0, 0) == 0 && sem_init(&may_leave, 0, 0) == 0);
    CHECK_STATUS(omz_set_log_callback(on_line_blocking, OMZ_LOG_DEBUG, 0), OMZ_OK);
    acquire_beside();
    while (sem_wait(&entered) != 0)
        continue;
    CHECK(lines == 1 && left == 0); /* and the callback has not returned from its first line yet */

    CHECK_STATUS(omz_set_log_callback(on_other_line, OMZ_LOG_DEBUG, &marker), OMZ_E_TIMEOUT);
    CHECK(strstr(last_error(), "5000 ms") != 0);
    CHECK_STATUS(omz_finalize(create(settings_of("other", 1, ""))), OMZ_OK);
    sem_post(&may_leave);
    CHECK_STATUS(omz_set_log_callback(0, OMZ_LOG_DEBUG, 0), OMZ_OK); /* neither is running */
    CHECK(lines == 1 && left == 1 && others == 2); /* what waited for the first was given up */

    /* in time, what waits is handed over first: all lines that there was room for, and how many there were not */
    lines = left = 0;
    while (sem_trywait(&may_leave) == 0 || sem_trywait(&entered) == 0)
        continue;
    CHECK_STATUS(omz_set_log_callback(on_line_blocking, OMZ_LOG_DEBUG, 0), OMZ_OK);
    acquire_beside();
    sem_post(&may_leave);
    CHECK_STATUS(omz_set_log_callback(0, OMZ_LOG_DEBUG, 0), OMZ_OK);
    CHECK(lines == left && lines >= 1024 && lines <= 1024 + 3 && tells_missing);
    return done();
}
