/* Random numbers, texts, and what every answer of the library must look like. */
#define _POSIX_C_SOURCE 200809L

#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

dice dice_of(uint64_t seed, uint64_t round)
{
    dice d = {mix(seed) ^ mix(~round)};
    return d;
}

uint64_t draw(dice* d, uint64_t below)
{
    return below == 0 ? 0 : mix(d->state++) % below;
}

int one_in(dice* d, uint64_t n)
{
    return draw(d, n) == 0;
}

static void reserve(text* t, size_t length)
{
    if (length + 1 <= t->capacity)
        return;
    t->capacity = 2 * (length + 1);
    t->bytes = realloc(t->bytes, t->capacity);
    FUZZ_CHECK(t->bytes != NULL, "no memory for %zu bytes", t->capacity);
}

void text_set(text* t, const char* bytes, size_t length)
{
    reserve(t, length);
    memcpy(t->bytes, bytes, length);
    t->bytes[t->length = length] = 0;
}

void text_replace(text* t, size_t at, size_t removed, const char* bytes, size_t length)
{
    size_t rest = t->length - at - removed;
    reserve(t, t->length - removed + length);
    memmove(t->bytes + at + length, t->bytes + at + removed, rest);
    memcpy(t->bytes + at, bytes, length);
    t->bytes[t->length = at + length + rest] = 0;
}

void text_add(text* t, const char* bytes)
{
    if (t->bytes == NULL)
        text_set(t, "", 0);
    text_replace(t, t->length, 0, bytes, strlen(bytes));
}

void text_free(text* t)
{
    free(t->bytes);
    memset(t, 0, sizeof *t);
}

void fuzz_check(int holds, const char* file, int line, const char* condition, const char* format, ...)
{
    va_list arguments;
    char error[4096] = "";
    if (holds)
        return;
    omz_last_error(error, (int32_t)sizeof error);
    printf("%s:%d: does not hold: %s\n  ", file, line, condition);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n  last error: %s\n", error);
    fflush(stdout);
    _exit(1);
}

void check_answer(const char* call, int32_t status)
{
    char error[16384] = "";
    FUZZ_CHECK(strcmp(omz_status_name(status < 1 ? status : 0), "OMZ_E_UNKNOWN") != 0, "%s returned %d", call, status);
    FUZZ_CHECK(status != OMZ_E_INTERNAL, "%s found a defect", call);
    if (status >= 0)
        return;
    FUZZ_CHECK(omz_last_error(error, (int32_t)sizeof error) > 1, "%s refused by %s without a message", call, omz_status_name(status));
    FUZZ_CHECK(strstr(error, "\n   at ") == NULL && strstr(error, "System.") == NULL, "%s tells of its insides", call);
}
