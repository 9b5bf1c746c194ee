/*
 * Signals stay the host's: what is sent to the process never comes to a thread of the library, a file beyond RLIMIT_FSIZE is an
 * error and ends nothing, and a host that blocks every signal on its threads is served all the same.
 */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static const int sent[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD, SIGXFSZ, SIGXCPU, SIGPROF, SIGWINCH};
static const int own[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};

static int is_in(uint64_t mask, int signal)
{
    return (int)(mask >> (signal - 1) & 1);
}

/* What a thread blocks; 0 when it is gone. */
static uint64_t mask_of(const char* thread)
{
    char path[300], line[256];
    uint64_t mask = 0;
    FILE* file;
    snprintf(path, sizeof path, "/proc/self/task/%s/status", thread);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, (int)sizeof line, file) != NULL)
        if (strncmp(line, "SigBlk:", 7) == 0)
            mask = strtoull(line + 7, NULL, 16);
    if (file != NULL)
        fclose(file);
    return mask;
}

static int is_set_apart(uint64_t mask)
{
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++)
        if (!is_in(mask, sent[i]))
            return 0;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (is_in(mask, own[i]))
            return 0;
    return !is_in(mask, SIGRTMIN) && is_in(mask, SIGRTMIN + 1) && is_in(mask, SIGRTMAX);
}

static int threads_set_apart(int* others)
{
    DIR* tasks = opendir("/proc/self/task");
    char self[32];
    int apart = 0;
    CHECK(tasks != NULL);
    snprintf(self, sizeof self, "%ld", (long)getpid()); /* called from the main thread */
    *others = 0;
    for (struct dirent* task; (task = readdir(tasks)) != NULL;)
        if (task->d_name[0] != '.' && strcmp(task->d_name, self) != 0) {
            ++*others;
            apart += is_set_apart(mask_of(task->d_name));
        }
    closedir(tasks);
    return apart;
}

/* Workers, the keeper, and the runtime's own thread, which learns it a moment after the first stream was created. */
static void all_threads_are_set_apart(void)
{
    time_t deadline = time(NULL) + 20;
    int others;
    while (threads_set_apart(&others) < others && time(NULL) < deadline)
        sched_yield();
    CHECK(others >= 4 && threads_set_apart(&others) == others);
}

/* Blocked on every thread of the host, signals wait for the host. */
static void signals_wait_for_the_host(void)
{
    sigset_t blocked, before;
    struct timespec long_enough = {60, 0};
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaddset(&blocked, SIGTERM);
    CHECK(pthread_sigmask(SIG_BLOCK, &blocked, &before) == 0);
    for (int i = 0; i < 200; i++) {
        CHECK(kill(getpid(), i % 2 == 0 ? SIGUSR1 : SIGTERM) == 0); /* SIGTERM on any other thread would be the end */
        CHECK(sigtimedwait(&blocked, 0, &long_enough) == (i % 2 == 0 ? SIGUSR1 : SIGTERM));
    }
    CHECK(pthread_sigmask(SIG_SETMASK, &before, 0) == 0);
}

static void* acquire_with_all_blocked(void* unused)
{
    sigset_t all;
    uint64_t stream;
    (void)unused;
    sigfillset(&all);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, 0) == 0);
    stream = create(settings_of("blocked", 0, ""));
    for (int i = 0; i < 100000; i++) /* messages enough for several garbage collections */
        CHECK_STATUS(omz_append_frame(stream, &all, 1), OMZ_E_FRAME_SIZE);
    for (uint64_t frame = 0; frame < 200; frame++)
        CHECK_STATUS(append_seed(stream, frame), OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    return 0;
}

static struct rlimit set_limit(rlim_t bytes)
{
    struct rlimit before, now;
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    now = before;
    now.rlim_cur = bytes;
    CHECK(setrlimit(RLIMIT_FSIZE, &now) == 0);
    return before;
}

/* Default actions: SIGXFSZ would end the process. */
static void a_file_too_large_is_an_error(const char* settings)
{
    int32_t status = OMZ_OK;
    struct rlimit before;
    uint64_t stream = create(settings);
    before = set_limit(100000);
    for (uint64_t frame = 0; frame < 4096 && status == OMZ_OK; frame++)
        status = append_seed(stream, frame);
    if (status == OMZ_OK)
        status = omz_flush(stream, -1);
    CHECK(status == OMZ_E_IO || status == OMZ_E_NO_SPACE);
    CHECK(omz_finalize(stream) == status);
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
}

/* The log's file, too: a limit costs its lines, and nothing else. */
static void a_log_too_large_costs_lines(void)
{
    char line[4096];
    int told = 0;
    struct rlimit before;
    FILE* log;
    uint64_t stream;
    CHECK_STATUS(omz_set_log_file(in_scratch("log.txt"), OMZ_LOG_DEBUG), OMZ_OK);
    stream = create(settings_of("logged", 1, ""));
    CHECK_STATUS(append_seed(stream, 1), OMZ_OK);
    CHECK_STATUS(omz_set_log_file(in_scratch("log.txt"), OMZ_LOG_DEBUG), OMZ_OK); /* what was said is in the file now */
    before = set_limit(1);
    CHECK(omz_finalize(stream) < 0);
    CHECK_STATUS(omz_set_log_file(in_scratch("log.txt"), OMZ_LOG_DEBUG), OMZ_OK); /* what was said was tried */
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK_STATUS(omz_finalize(create(settings_of("logged", 1, ""))), OMZ_OK);
    CHECK_STATUS(omz_set_log_file(0, OMZ_LOG_DEBUG), OMZ_OK);
    log = fopen(in_scratch("log.txt"), "r");
    CHECK(log != NULL);
    while (fgets(line, (int)sizeof line, log) != NULL)
        told += 1 + 10 * (strstr(line, " ERROR ") != NULL);
    fclose(log);
    CHECK(told == 3); /* begun; begun and closed: nothing of the end that failed */
}

int main(int argc, char** argv)
{
    char settings[8192];
    uint64_t stream;
    pthread_t thread;
    sigset_t all, none;
    begin(argc, argv);

    /* the library starts on a thread that blocks everything, and its threads begin with that */
    sigfillset(&all);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, &none) == 0);
    CHECK(omz_version() != 0);
    CHECK_STATUS(omz_set_log_callback(0, OMZ_LOG_DEBUG, 0), OMZ_OK);
    CHECK_STATUS(omz_set_log_file(in_scratch("signals.txt"), OMZ_LOG_DEBUG), OMZ_OK);
    stream = create(settings_of("signals", 0, ""));
    CHECK(pthread_sigmask(SIG_SETMASK, &none, 0) == 0);
    all_threads_are_set_apart();
    signals_wait_for_the_host();
    for (uint64_t frame = 0; frame < 100; frame++)
        CHECK_STATUS(append_seed(stream, frame), OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);

    stream = create(settings_of("signals", 0, "")); /* and on one that blocks nothing */
    all_threads_are_set_apart();
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK_STATUS(omz_set_log_file(0, OMZ_LOG_DEBUG), OMZ_OK);

    CHECK(pthread_create(&thread, 0, acquire_with_all_blocked, 0) == 0);
    CHECK(pthread_join(thread, 0) == 0);
    for (uint64_t frame = 0; frame < 200; frame++)
        CHECK(is_stored("blocked", (long)frame, frame));

    a_file_too_large_is_an_error(large_settings_of("large", 4096, HEIGHT, WIDTH, 64, ""));
    /* a shard of all frames: the place of its index lies far behind the limit, too */
    snprintf(settings, sizeof settings,
             "{\"root_path\": \"%s\", \"overwrite\": true, \"dtype\": \"uint16\", \"dimensions\": [{\"name\": \"t\", \"count\": 4096, "
             "\"shard_size_chunks\": 4096}, {\"name\": \"y\", \"count\": 32}, {\"name\": \"x\", \"count\": 48}], \"durability\": "
             "{\"flush_interval_ms\": 10}}",
             in_scratch("sharded.ome.zarr"));
    a_file_too_large_is_an_error(settings);
    a_log_too_large_costs_lines();
    return done();
}
