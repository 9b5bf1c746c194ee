/* Calls everything that the page for C shows: its blocks after the first program are in blocks.h. */
#include <omezarr_native.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blocks.h"

enum { PIXELS = 32 * 48, BYTES = PIXELS * 2, BUFFERS = 2 };

static uint16_t pixels[PIXELS];
static uint16_t buffers[BUFFERS][PIXELS];
static int is_lent[BUFFERS];
static double shown = -1;

static void fail(const char* what)
{
    char message[4096] = "";
    omz_last_error(message, sizeof message);
    fprintf(stderr, "%s: %s\n", what, message);
    exit(1);
}

static void expose(void* to, uint64_t bytes)
{
    if (bytes < BYTES)
        fail("a slot without room");
    memset(to, 2, BYTES);
}

static void requeue(uint64_t token)
{
    is_lent[token] = 0;
}

static void show(double share)
{
    shown = share;
}

static uint64_t create(const char* path, const char* more)
{
    char text[1024];
    uint64_t stream = 0;
    snprintf(text, sizeof text,
             "{\"root_path\": \"%s\", \"dtype\": \"uint16\", \"dimensions\": [{\"name\": \"t\"}, {\"name\": \"y\", \"count\": 32},"
             " {\"name\": \"x\", \"count\": 48}]%s}", path, more);
    if (omz_create(text, &stream) != OMZ_OK)
        fail("omz_create");
    return stream;
}

int main(void)
{
    uint64_t stream = create("more.ome.zarr", "");
    if (append_with_metadata(stream, pixels, BYTES, 0, 0.5) != OMZ_OK)
        fail("append_with_metadata");
    if (append_by_slot(stream, expose) != OMZ_OK)
        fail("append_by_slot");
    report(stream);
    if (finalize_with_progress(stream, show) != OMZ_OK || shown < -1 || shown > 1)
        fail("finalize_with_progress");

    stream = create("lent.ome.zarr", ", \"pipeline\": {\"borrowed_buffers\": 2}");
    for (int i = 0; i < 10; i++) {
        while (is_lent[i % BUFFERS])
            if (take_back(stream, 10000, requeue) != OMZ_OK)
                fail("take_back");
        memset(buffers[i % BUFFERS], i, BYTES);
        is_lent[i % BUFFERS] = 1;
        if (lend(stream, buffers[i % BUFFERS], BYTES, (uint64_t)(i % BUFFERS)) != OMZ_OK)
            fail("lend");
    }
    if (omz_finalize(stream) != OMZ_OK)
        fail("omz_finalize");
    while (take_back(stream, 10000, requeue) == OMZ_OK) {
    }
    if (is_lent[0] || is_lent[1])
        fail("a buffer did not come back");
    puts("ok");
    return 0;
}
