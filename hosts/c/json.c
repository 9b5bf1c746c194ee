#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct output {
    char* buffer;
    size_t capacity;
    size_t length;
} output;

/* Writes all of the bytes or, when there is no room, none. */
static void put(output* o, const char* bytes, size_t count)
{
    if (o->length + count >= o->capacity)
        return;
    memcpy(o->buffer + o->length, bytes, count);
    o->length += count;
    o->buffer[o->length] = 0;
}

static void put_character(output* o, unsigned long code)
{
    char utf8[4];
    size_t count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    for (size_t i = count; i-- > 1; code >>= 6)
        utf8[i] = (char)(0x80 | (code & 0x3F));
    utf8[0] = (char)(first[count] | code);
    put(o, utf8, count);
}

static unsigned long hexadecimal(const char* digits)
{
    char four[5] = "";
    strncpy(four, digits, 4);
    return strtoul(four, NULL, 16);
}

/* A string from behind its opening quote to its closing one. */
static void put_string(output* o, const char* p)
{
    static const char names[] = "bfnrt", controls[] = "\b\f\n\r\t";
    for (; *p != 0 && *p != '"'; p++) {
        const char* name;
        if (*p != '\\' || p[1] == 0) {
            put(o, p, 1);
        } else if (*++p == 'u') {
            unsigned long code = hexadecimal(p + 1);
            if (code >= 0xD800 && code < 0xDC00 && p[5] == '\\' && p[6] == 'u') { /* two halves of one character */
                code = 0x10000 + ((code - 0xD800) << 10) + (hexadecimal(p + 7) - 0xDC00);
                p += 6;
            }
            put_character(o, code);
            p += strlen(p) < 4 ? 0 : 4;
        } else {
            name = strchr(names, *p);
            put(o, name == NULL ? p : controls + (name - names), 1);
        }
    }
}

/* A value that is not a string: up to the comma or bracket that ends it. */
static void put_other(output* o, const char* p)
{
    int depth = 0, quoted = 0;
    for (; *p != 0; p++) {
        if (*p == '"' && p[-1] != '\\')
            quoted = !quoted;
        if (!quoted && (*p == '[' || *p == '{'))
            depth++;
        if (!quoted && depth == 0 && strchr(",]}", *p) != NULL)
            return;
        if (!quoted && (*p == ']' || *p == '}'))
            depth--;
        if (quoted || strchr(" \n\r\t", *p) == NULL)
            put(o, p, 1);
    }
}

void json_value(const char* json, const char* key, char* buffer, size_t capacity)
{
    output o = {buffer, capacity, 0};
    char quoted[64];
    const char* found;
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    found = strstr(json, quoted);
    buffer[0] = 0;
    if (found == NULL)
        return;
    found += strlen(quoted);
    found += strspn(found, " \n\r\t");
    if (*found == '"')
        put_string(&o, found + 1);
    else if (strncmp(found, "null", 4) != 0)
        put_other(&o, found);
}
