/* JSON documents, changed: by whole tokens so that most stay JSON, and by bytes so that many do not. */
#define _POSIX_C_SOURCE 200809L

#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char* const special[] = {
    "null", "true", "false", "0", "-0", "-1", "1", "0.5", "1e308", "1e-400", "1E+400", "2147483647", "2147483648", "4294967296",
    "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e18", "NaN", "01", "+1", ".5", "1.", "{}", "[]",
    "[[]]", "\"\"", "\"a\"", "\"..\"", "\"a/b\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\xC3\xA9\"", "\"e\xCC\x81\"",
    "\"\xF0\x9F\x94\xAC\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", "\"con\"", "\"s3://b/k\"", "\"~\"", "/* c */", "// c\n", "'a'", "\xEF\xBB\xBF", "\xFF",
};

static int is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

size_t next_token(const text* t, size_t* at)
{
    size_t end;
    while (*at < t->length && strchr(" \t\r\n", t->bytes[*at]) != NULL)
        ++*at;
    if (*at >= t->length)
        return 0;
    end = *at + 1;
    if (t->bytes[*at] == '"') {
        while (end < t->length && t->bytes[end] != '"')
            end += t->bytes[end] == '\\' && end + 1 < t->length ? 2 : 1;
        end += end < t->length;
    } else if (is_word(t->bytes[*at])) {
        while (end < t->length && is_word(t->bytes[end]))
            end++;
    }
    return end - *at;
}

static void add_tokens(corpus* c, const text* document)
{
    size_t at = 0, length;
    while ((length = next_token(document, &at)) != 0) {
        if (length > 1) {
            c->tokens = realloc(c->tokens, (c->token_count + 1) * sizeof *c->tokens);
            FUZZ_CHECK(c->tokens != NULL, "no memory");
            memset(&c->tokens[c->token_count], 0, sizeof *c->tokens);
            text_set(&c->tokens[c->token_count++], document->bytes + at, length);
        }
        at += length;
    }
}

static void add_file(corpus* c, const char* path)
{
    static char bytes[1 << 20];
    size_t length;
    FILE* file = fopen(path, "rb");
    FUZZ_CHECK(file != NULL, "%s cannot be read", path);
    length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    c->documents = realloc(c->documents, (c->count + 1) * sizeof *c->documents);
    FUZZ_CHECK(c->documents != NULL, "no memory");
    memset(&c->documents[c->count], 0, sizeof *c->documents);
    text_set(&c->documents[c->count], bytes, length);
    add_tokens(c, &c->documents[c->count++]);
}

static int by_name(const void* left, const void* right)
{
    return strcmp(*(char* const*)left, *(char* const*)right);
}

/* Sorted, so that a seed means the same everywhere. */
corpus read_corpus(const char* folder)
{
    corpus c;
    char* names[1024];
    size_t count = 0;
    DIR* directory = opendir(folder);
    memset(&c, 0, sizeof c);
    FUZZ_CHECK(directory != NULL, "there is no corpus in %s", folder);
    for (struct dirent* entry; (entry = readdir(directory)) != NULL && count < 1024;)
        if (strstr(entry->d_name, ".json") != NULL) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            names[count++] = strdup(path);
        }
    closedir(directory);
    qsort(names, count, sizeof names[0], by_name);
    for (size_t i = 0; i < count; i++) {
        add_file(&c, names[i]);
        free(names[i]);
    }
    FUZZ_CHECK(c.count > 0, "the corpus in %s is empty", folder);
    return c;
}

/* The length of a value that begins with a token: the token, or all up to the bracket that closes it. */
static size_t value_length(const text* t, size_t at)
{
    size_t end = at, length;
    int depth = 0;
    while ((length = next_token(t, &end)) != 0) {
        char c = t->bytes[end];
        end += length;
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (depth <= 0)
            break;
    }
    return end - at;
}

static size_t any_token(dice* d, const text* t, size_t* length)
{
    size_t at = (size_t)draw(d, t->length + 1);
    *length = next_token(t, &at);
    if (*length == 0) {
        at = 0;
        *length = next_token(t, &at);
    }
    return at;
}

static void replace_token(dice* d, const corpus* c, text* t, size_t at, size_t length)
{
    if (one_in(d, 2)) {
        const char* with = special[draw(d, sizeof special / sizeof special[0])];
        text_replace(t, at, length, with, strlen(with));
    } else {
        const text* with = &c->tokens[draw(d, c->token_count)];
        text_replace(t, at, length, with->bytes, with->length);
    }
}

/* A value of another document in place of one of this. */
static void replace_value(dice* d, const corpus* c, text* t, size_t at)
{
    const text* other = &c->documents[draw(d, c->count)];
    size_t length, from = any_token(d, other, &length);
    if (length != 0)
        text_replace(t, at, value_length(t, at), other->bytes + from, value_length(other, from));
}

static void repeat_value(dice* d, text* t, size_t at)
{
    text copy = {0, 0, 0};
    uint64_t times = one_in(d, 20) ? 1 + draw(d, 300) : 1 + draw(d, 3);
    size_t length = value_length(t, at);
    text_set(&copy, t->bytes + at, length);
    while (times-- > 0 && t->length < (1u << 17)) {
        text_replace(t, at, 0, ",", 1);
        text_replace(t, at, 0, copy.bytes, copy.length);
    }
    text_free(&copy);
}

static void change_byte(dice* d, text* t, size_t at)
{
    char byte = (char)(1 + draw(d, 255));
    text_replace(t, at, at < t->length && !one_in(d, 3) ? 1 : 0, &byte, one_in(d, 4) ? 0 : 1);
}

static void nest(dice* d, text* t, size_t at)
{
    int array = one_in(d, 2);
    size_t length = value_length(t, at);
    for (uint64_t levels = 1 + draw(d, one_in(d, 10) ? 200 : 8); levels > 0; levels--) {
        text_replace(t, at + length, 0, array ? "]" : "}", 1);
        text_replace(t, at, 0, array ? "[" : "{\"n\":", array ? 1 : 5);
        length += array ? 2 : 6;
    }
}

void mutate(dice* d, const corpus* c, text* document)
{
    for (uint64_t changes = draw(d, one_in(d, 4) ? 12 : 3); changes > 0 && document->length > 0; changes--) {
        size_t length, at = any_token(d, document, &length);
        switch (draw(d, 9)) {
        case 0:
            text_replace(document, at, length, "", 0);
            break;
        case 1:
            replace_value(d, c, document, at);
            break;
        case 2:
            repeat_value(d, document, at);
            break;
        case 3:
            change_byte(d, document, (size_t)draw(d, document->length));
            break;
        case 4:
            if (one_in(d, 6))
                text_replace(document, at, document->length - at, "", 0);
            break;
        case 5:
            nest(d, document, at);
            break;
        default:
            replace_token(d, c, document, at, length);
            break;
        }
    }
    /* strings of the interface end at their first 0 */
    if (document->bytes != NULL)
        document->length = strlen(document->bytes);
}
