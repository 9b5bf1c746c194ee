/*
 * A reader of JSON of its own, to hold the library's against: what the header says that a frame's metadata can be (RFC 8259, an
 * object, valid UTF-8, no lone surrogates, bounded length and depth). Where the header leaves room, it says so.
 */
#include "fuzz.h"

#include <string.h>

typedef struct {
    const unsigned char* at;
    int depth, is_deep, names_a_number;
} reader;

static int value(reader* r);

static void skip_space(reader* r)
{
    while (*r->at != 0 && strchr(" \t\r\n", *r->at) != NULL)
        r->at++;
}

static int hex4(reader* r, unsigned* unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        unsigned c = *r->at;
        unsigned digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
        if (digit == 16)
            return 0;
        *unit = *unit * 16 + digit;
    }
    return 1;
}

static int escape(reader* r)
{
    unsigned unit;
    if (*r->at != 'u')
        return *r->at != 0 && strchr("\"\\/bfnrt", *r->at) != NULL ? (r->at++, 1) : 0;
    r->at++;
    if (!hex4(r, &unit) || (unit >= 0xDC00 && unit < 0xE000))
        return 0;
    if (unit < 0xD800 || unit >= 0xE000)
        return 1;
    if (r->at[0] != '\\' || r->at[1] != 'u')
        return 0;
    r->at += 2;
    return hex4(r, &unit) && unit >= 0xDC00 && unit < 0xE000;
}

/* One character that is not ASCII, in its shortest form, and no surrogate. */
static int utf8(reader* r)
{
    unsigned lead = *r->at++, more, code, least;
    if (lead >= 0xC2 && lead < 0xE0)
        more = 1, code = lead & 0x1F, least = 0x80;
    else if (lead >= 0xE0 && lead < 0xF0)
        more = 2, code = lead & 0x0F, least = 0x800;
    else if (lead >= 0xF0 && lead < 0xF5)
        more = 3, code = lead & 0x07, least = 0x10000;
    else
        return 0;
    while (more-- > 0) {
        if ((*r->at & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (*r->at++ & 0x3Fu);
    }
    return code >= least && code < 0x110000 && (code < 0xD800 || code >= 0xE000);
}

static int string(reader* r)
{
    if (*r->at++ != '"')
        return 0;
    while (*r->at != '"') {
        if (*r->at < 0x20)
            return 0;
        if (*r->at == '\\') {
            r->at++;
            if (!escape(r))
                return 0;
        } else if (*r->at < 0x80) {
            r->at++;
        } else if (!utf8(r)) {
            return 0;
        }
    }
    r->at++;
    return 1;
}

static int digits(reader* r)
{
    const unsigned char* first = r->at;
    while (*r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > first;
}

static int number(reader* r)
{
    r->at += *r->at == '-';
    if (*r->at == '0')
        r->at++;
    else if (!digits(r))
        return 0;
    if (*r->at == '.' && (r->at++, !digits(r)))
        return 0;
    if (*r->at == 'e' || *r->at == 'E') {
        r->at++;
        r->at += *r->at == '+' || *r->at == '-';
        if (!digits(r))
            return 0;
    }
    return 1;
}

static int word(reader* r, const char* expected)
{
    size_t length = strlen(expected);
    if (strncmp((const char*)r->at, expected, length) != 0)
        return 0;
    r->at += length;
    return 1;
}

/* Names that mean a number in their own right, also when they are written with escapes. */
static int may_name_a_number(const unsigned char* name, const unsigned char* end)
{
    static const char* const names[] = {"\"delta_t\"", "\"exposure_time\"", "\"position_x\"", "\"position_y\"", "\"position_z\"", "\"timestamp_ns\""};
    if (memchr(name, '\\', (size_t)(end - name)) != NULL)
        return 1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == (size_t)(end - name) && memcmp(name, names[i], (size_t)(end - name)) == 0)
            return 1;
    return 0;
}

static int members(reader* r, char close)
{
    r->depth++;
    r->is_deep |= r->depth > OMZ_FRAME_METADATA_MAX_DEPTH;
    r->at++;
    skip_space(r);
    if (*r->at == close)
        return r->at++, r->depth--, 1;
    for (;;) {
        const unsigned char* name = r->at;
        if (close == '}') {
            if (!string(r))
                return 0;
            r->names_a_number |= r->depth == 1 && may_name_a_number(name, r->at);
            skip_space(r);
            if (*r->at++ != ':')
                return 0;
            skip_space(r);
        }
        if (!value(r))
            return 0;
        skip_space(r);
        if (*r->at == close)
            return r->at++, r->depth--, 1;
        if (*r->at++ != ',')
            return 0;
        skip_space(r);
    }
}

static int value(reader* r)
{
    switch (*r->at) {
    case '{':
        return r->depth < 2000 && members(r, '}');
    case '[':
        return r->depth < 2000 && members(r, ']');
    case '"':
        return string(r);
    case 't':
        return word(r, "true");
    case 'f':
        return word(r, "false");
    case 'n':
        return word(r, "null");
    default:
        return number(r);
    }
}

json_verdict judge_frame_json(const char* bytes)
{
    reader r = {(const unsigned char*)bytes, 0, 0, 0};
    size_t length = strlen(bytes);
    if (length > OMZ_FRAME_METADATA_MAX_BYTES)
        return JSON_MUST_BE_LOST;
    if (strncmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        return JSON_MAY_BE_EITHER;
    skip_space(&r);
    if (*r.at != '{' || !value(&r))
        return JSON_MUST_BE_LOST;
    skip_space(&r);
    if (*r.at != 0 || r.is_deep)
        return JSON_MUST_BE_LOST;
    return r.names_a_number ? JSON_MAY_BE_EITHER : JSON_MUST_BE_TAKEN;
}
