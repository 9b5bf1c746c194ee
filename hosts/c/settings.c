/*
 * settings.c - the settings document: plain JSON, so any way of making text will do. Only strings from outside need care
 * (quotes, backslashes and control characters are escaped).
 */
#include "options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct text {
    char* data;
    size_t length;
    size_t capacity;
    int failed;
} text;

static void add(text* t, const char* format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || t->failed) {
        t->failed = 1;
        return;
    }
    if (t->length + (size_t)length + 1 > t->capacity) {
        size_t capacity = 2 * (t->capacity + (size_t)length + 1);
        char* larger = realloc(t->data, capacity);
        if (larger == NULL) {
            t->failed = 1;
            return;
        }
        t->data = larger;
        t->capacity = capacity;
    }
    va_start(arguments, format);
    vsnprintf(t->data + t->length, t->capacity - t->length, format, arguments);
    va_end(arguments);
    t->length += (size_t)length;
}

static void add_string(text* t, const char* value)
{
    add(t, "\"");
    for (; *value != 0; value++) {
        unsigned char c = (unsigned char)*value;
        if (c == '"' || c == '\\')
            add(t, "\\%c", c);
        else if (c < 0x20)
            add(t, "\\u%04x", c);
        else
            add(t, "%c", c);
    }
    add(t, "\"");
}

/* One axis. rest: further members, as JSON. */
static void add_axis(text* t, const demo_options* o, int axis, const char* name, const char* type, const char* rest)
{
    add(t, "%s\n    {\"name\": \"%s\", \"type\": \"%s\", \"count\": %lu", axis == AXIS_T ? "" : ",", name, type,
        (unsigned long)o->count[axis]);
    if (o->chunk[axis] != 0)
        add(t, ", \"chunk_size\": %lu", (unsigned long)o->chunk[axis]);
    if (o->shard[axis] != 0)
        add(t, ", \"shard_size_chunks\": %lu", (unsigned long)o->shard[axis]);
    add(t, "%s}", rest);
}

/* Names and colours of the HeLa picture's planes; further channels are numbered and white. */
static void add_channels(text* t, const demo_options* o)
{
    static const char* const known[] = {
        "{\"name\": \"lysosomes\", \"color\": \"#FF0000\"}",
        "{\"name\": \"mitochondria\", \"color\": \"#00FF00\"}",
        "{\"name\": \"nucleus\", \"color\": \"#0000FF\"}",
    };
    text channels = {NULL, 0, 0, 0};
    add(&channels, ", \"coords\": [");
    for (uint32_t c = 0; c < o->count[AXIS_C]; c++) {
        add(&channels, "%s", c == 0 ? "" : ", ");
        if (c < sizeof known / sizeof known[0])
            add(&channels, "%s", known[c]);
        else
            add(&channels, "{\"name\": \"channel %lu\", \"color\": \"#FFFFFF\"}", (unsigned long)c + 1);
    }
    add(&channels, "]");
    if (channels.failed)
        t->failed = 1;
    else
        add_axis(t, o, AXIS_C, "c", "channel", channels.data);
    free(channels.data);
}

/* Smaller copies, so that a viewer need not load whole frames to show an overview. */
static void add_pyramid(text* t, const demo_options* o)
{
    if (o->levels == 0)
        add(t, ",\n  \"pyramid\": {\"levels\": \"auto\"}");
    else
        add(t, ",\n  \"pyramid\": {\"levels\": %lu}", (unsigned long)o->levels);
}

static void add_pipeline(text* t, const demo_options* o)
{
    add(t, ",\n  \"pipeline\": {\"backpressure\": \"%s\"", o->backpressure == NULL ? "block" : o->backpressure);
    if (o->workers != 0)
        add(t, ", \"workers\": %lu", (unsigned long)o->workers);
    if (o->ring != 0)
        add(t, ", \"ring_frames\": %lu", (unsigned long)o->ring);
    if (o->memory_mib != 0)
        add(t, ", \"memory_budget_bytes\": %.0f", o->memory_mib * 1048576.0);
    add(t, "}");
}

char* options_to_settings(const demo_options* o)
{
    char interval[96] = ", \"unit\": \"second\"";
    text t = {NULL, 0, 0, 0};
    if (o->fps > 0) /* the time of one time point */
        snprintf(interval, sizeof interval, ", \"unit\": \"second\", \"scale\": %.9g",
                 (double)options_frames(o) / o->count[AXIS_T] / o->fps);

    add(&t, "{\n  \"root_path\": ");
    add_string(&t, o->out);
    add(&t, ",\n  \"overwrite\": %s,\n  \"dtype\": \"uint16\",\n  \"compression\": ", o->overwrite ? "true" : "false");
    if (o->codec[0] == '{')
        add(&t, "%s", o->codec);
    else
        add_string(&t, o->codec);
    if (o->auto_layout)
        add(&t, ",\n  \"layout\": \"auto\"");
    add(&t, ",\n  \"dimensions\": [");
    add_axis(&t, o, AXIS_T, "t", "time", interval);
    add_channels(&t, o);
    add_axis(&t, o, AXIS_Z, "z", "space", ", \"unit\": \"micrometer\", \"scale\": 1.0");
    add_axis(&t, o, AXIS_Y, "y", "space", ", \"unit\": \"micrometer\", \"scale\": 0.325");
    add_axis(&t, o, AXIS_X, "x", "space", ", \"unit\": \"micrometer\", \"scale\": 0.325");
    add(&t, "\n  ]");
    add_pyramid(&t, o);
    add_pipeline(&t, o);
    add(&t, "\n}\n");
    if (!t.failed)
        return t.data;
    free(t.data);
    return NULL;
}
