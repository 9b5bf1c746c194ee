/*
 * sanitized.c DATASET [leak|race]: a host that is looked at by a sanitizer. It logs, writes frames and ends; asked for it,
 * it makes a mistake of its own beside that, which the suppressions for the library must not hide.
 */
#include "omezarr_native.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 32, SIZE = 64 };

static int shared; /* written by two threads, in no order: the race */
static void* volatile leaked;

static void log_line(int32_t level, const char* message, void* user_data)
{
    (void)level;
    (void)message;
    (void)user_data;
}

static void* touch(void* value)
{
    shared = *(int*)value;
    return 0;
}

static void race(void)
{
    static int values[2] = {1, 2};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], 0, touch, &values[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], 0);
    printf("%d\n", shared);
}

static void leak(void)
{
    /* Many: a pointer that is left in a register or on the stack hides its block. */
    for (int i = 0; i < 100; i++)
        leaked = malloc(4321);
    leaked = 0;
}

int main(int argc, char** argv)
{
    static uint16_t pixels[SIZE * SIZE];
    char settings[4096];
    uint64_t stream;
    if (argc < 2)
        return 2;
    snprintf(settings, sizeof settings,
             "{\"root_path\": \"%s\", \"dtype\": \"uint16\", \"compression\": \"blosc-zstd\", \"pyramid\": {\"levels\": 2},"
             " \"dimensions\": [{\"name\": \"t\", \"count\": %d, \"chunk_size\": 4, \"shard_size_chunks\": 2},"
             " {\"name\": \"y\", \"count\": %d}, {\"name\": \"x\", \"count\": %d}]}",
             argv[1], FRAMES, SIZE, SIZE);
    if (omz_set_log_callback(log_line, 0, 0) != OMZ_OK || omz_create(settings, &stream) != OMZ_OK)
        return 3;
    for (int frame = 0; frame < FRAMES; frame++) {
        for (int i = 0; i < SIZE * SIZE; i++)
            pixels[i] = (uint16_t)(frame + i);
        if (omz_append_frame(stream, pixels, sizeof pixels) != OMZ_OK)
            return 4;
    }
    if (omz_finalize(stream) != OMZ_OK || omz_set_log_callback(0, 0, 0) != OMZ_OK)
        return 5;
    if (argc > 2 && strcmp(argv[2], "race") == 0)
        race();
    if (argc > 2 && strcmp(argv[2], "leak") == 0)
        leak();
    return 0;
}
