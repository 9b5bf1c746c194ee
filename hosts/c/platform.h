/*
 * platform.h - the three things that C99 has no portable call for: a steady clock, a sleep, and whether a stream is a
 * terminal.
 */
#ifndef DEMO_PLATFORM_H
#define DEMO_PLATFORM_H

#include <stdint.h>
#include <stdio.h>

/* Nanoseconds of a clock that never goes back. */
uint64_t clock_ns(void);

/* Sleeps until clock_ns() has reached the deadline; returns at once when it has passed. */
void sleep_until_ns(uint64_t deadline);

/* 1 when a person watches the stream, 0 when it is a file or a pipe. */
int is_terminal(FILE* stream);

#endif
