#if !defined(_WIN32)
#  define _POSIX_C_SOURCE 200809L
#endif

#include "platform.h"

#define NS_PER_SECOND 1000000000u

#if defined(_WIN32)

#  include <io.h>
#  include <windows.h>

uint64_t clock_ns(void)
{
    LARGE_INTEGER now, frequency;
    uint64_t ticks, per_second;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    ticks = (uint64_t)now.QuadPart;
    per_second = (uint64_t)frequency.QuadPart;
    return ticks / per_second * NS_PER_SECOND + ticks % per_second * NS_PER_SECOND / per_second;
}

void sleep_until_ns(uint64_t deadline)
{
    uint64_t now;
    /* Sleep has the resolution of the system's timer tick, so the last part is spent yielding. */
    while ((now = clock_ns()) < deadline)
        Sleep((DWORD)((deadline - now) / 2000000u));
}

int is_terminal(FILE* stream)
{
    return _isatty(_fileno(stream)) != 0;
}

#else

#  include <errno.h>
#  include <time.h>
#  include <unistd.h>

uint64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

void sleep_until_ns(uint64_t deadline)
{
    uint64_t now;
    while ((now = clock_ns()) < deadline) {
        struct timespec rest;
        rest.tv_sec = (time_t)((deadline - now) / NS_PER_SECOND);
        rest.tv_nsec = (long)((deadline - now) % NS_PER_SECOND);
        if (nanosleep(&rest, NULL) != 0 && errno == EINTR)
            return; /* a signal: the caller looks whether it is time to stop */
    }
}

int is_terminal(FILE* stream)
{
    return isatty(fileno(stream));
}

#endif
