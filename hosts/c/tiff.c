#include "tiff.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tags and types of the TIFF 6.0 specification. */
enum {
    TAG_IMAGE_WIDTH = 256,
    TAG_IMAGE_LENGTH = 257,
    TAG_BITS_PER_SAMPLE = 258,
    TAG_COMPRESSION = 259,
    TAG_STRIP_OFFSETS = 273,
    TAG_SAMPLES_PER_PIXEL = 277,
    TAG_ROWS_PER_STRIP = 278,
    TAG_STRIP_BYTE_COUNTS = 279,
    TAG_PLANAR_CONFIGURATION = 284,
    TAG_SAMPLE_FORMAT = 339,
    TYPE_SHORT = 3,
    TYPE_LONG = 4
};

enum { MAX_PAGES = 64, MAX_SAMPLES = 16, MAX_SIDE = 65536, ENTRY_BYTES = 12 };

#define MAX_FILE_BYTES ((size_t)1 << 30)

typedef struct reader {
    const uint8_t* bytes;
    size_t size;
    int big_endian;
    char* error;
    size_t error_capacity;
    int failed;
} reader;

/* One directory entry: count values of SHORT or LONG, inline or at an offset. */
typedef struct field {
    uint32_t count;
    uint32_t type;
    size_t offset;
} field;

typedef struct page {
    uint32_t width, height, samples, rows_per_strip;
    field strip_offsets, strip_byte_counts;
    size_t next;
} page;

static void fail(reader* r, const char* format, ...)
{
    va_list arguments;
    if (r->failed)
        return; /* the first reason is the true one */
    r->failed = 1;
    va_start(arguments, format);
    vsnprintf(r->error, r->error_capacity, format, arguments);
    va_end(arguments);
}

static uint32_t get(reader* r, size_t offset, size_t bytes)
{
    uint32_t value = 0;
    if (offset > r->size || bytes > r->size - offset) {
        fail(r, "the file ends at byte %lu, but byte %lu is referred to", (unsigned long)r->size,
             (unsigned long)offset);
        return 0;
    }
    for (size_t i = 0; i < bytes; i++) {
        uint32_t byte = r->bytes[offset + i];
        value |= byte << 8 * (r->big_endian ? bytes - 1 - i : i);
    }
    return value;
}

static uint32_t get_value(reader* r, const field* f, uint32_t index)
{
    size_t bytes = f->type == TYPE_SHORT ? 2 : 4;
    if (index >= f->count) {
        fail(r, "a field has %lu values where more are needed", (unsigned long)f->count);
        return 0;
    }
    return get(r, f->offset + (size_t)index * bytes, bytes);
}

/* Finds a tag in a directory; a field that is not there has count 0. */
static field find(reader* r, size_t directory, uint32_t tag)
{
    field found = {0, 0, 0};
    uint32_t entries = get(r, directory, 2);
    for (uint32_t i = 0; i < entries && !r->failed; i++) {
        size_t entry = directory + 2 + (size_t)i * ENTRY_BYTES;
        if (get(r, entry, 2) != tag)
            continue;
        found.type = get(r, entry + 2, 2);
        found.count = get(r, entry + 4, 4);
        if (found.type != TYPE_SHORT && found.type != TYPE_LONG)
            fail(r, "tag %lu has type %lu, not SHORT or LONG", (unsigned long)tag, (unsigned long)found.type);
        found.offset = found.count <= (found.type == TYPE_SHORT ? 2u : 1u) ? entry + 8 : get(r, entry + 8, 4);
        break;
    }
    return found;
}

static uint32_t number(reader* r, size_t directory, uint32_t tag, uint32_t otherwise)
{
    field f = find(r, directory, tag);
    return f.count == 0 ? otherwise : get_value(r, &f, 0);
}

static void require(reader* r, const char* what, uint32_t given, uint32_t lowest, uint32_t highest)
{
    if (given < lowest || given > highest)
        fail(r, "%s is %lu, where %lu to %lu can be read", what, (unsigned long)given, (unsigned long)lowest,
             (unsigned long)highest);
}

static page read_page(reader* r, size_t directory)
{
    page p;
    field bits = find(r, directory, TAG_BITS_PER_SAMPLE);
    p.width = number(r, directory, TAG_IMAGE_WIDTH, 0);
    p.height = number(r, directory, TAG_IMAGE_LENGTH, 0);
    p.samples = number(r, directory, TAG_SAMPLES_PER_PIXEL, 1);
    p.rows_per_strip = number(r, directory, TAG_ROWS_PER_STRIP, p.height);
    p.strip_offsets = find(r, directory, TAG_STRIP_OFFSETS);
    p.strip_byte_counts = find(r, directory, TAG_STRIP_BYTE_COUNTS);
    p.next = get(r, directory + 2 + (size_t)get(r, directory, 2) * ENTRY_BYTES, 4);

    require(r, "the width", p.width, 1, MAX_SIDE);
    require(r, "the height", p.height, 1, MAX_SIDE);
    require(r, "the number of samples per pixel", p.samples, 1, MAX_SAMPLES);
    require(r, "the number of rows per strip", p.rows_per_strip, 1, UINT32_MAX);
    require(r, "the compression", number(r, directory, TAG_COMPRESSION, 1), 1, 1);
    require(r, "the planar configuration", number(r, directory, TAG_PLANAR_CONFIGURATION, 1), 1, 1);
    require(r, "the sample format", number(r, directory, TAG_SAMPLE_FORMAT, 1), 1, 1);
    for (uint32_t i = 0; i < p.samples && !r->failed; i++)
        require(r, "the number of bits per sample", get_value(r, &bits, i), 16, 16);
    return p;
}

/* Copies the rows of one strip into the planes of its page. */
static void read_strip(reader* r, const page* p, uint32_t strip, uint16_t* planes)
{
    size_t row = (size_t)strip * p->rows_per_strip;
    size_t left = p->height - row;
    size_t rows = left < p->rows_per_strip ? left : p->rows_per_strip;
    size_t row_samples = (size_t)p->width * p->samples;
    size_t plane_pixels = (size_t)p->width * p->height;
    size_t offset = get_value(r, &p->strip_offsets, strip);
    size_t bytes = get_value(r, &p->strip_byte_counts, strip);

    if (bytes != rows * row_samples * 2)
        fail(r, "strip %lu has %lu bytes instead of %lu", (unsigned long)strip, (unsigned long)bytes,
             (unsigned long)(rows * row_samples * 2));
    else if (offset > r->size || bytes > r->size - offset)
        fail(r, "strip %lu lies beyond the end of the file", (unsigned long)strip);
    if (r->failed)
        return;

    for (size_t i = 0; i < rows * row_samples; i++) {
        const uint8_t* b = r->bytes + offset + 2 * i;
        size_t pixel = row * p->width + i / p->samples;
        planes[i % p->samples * plane_pixels + pixel] =
            (uint16_t)(r->big_endian ? b[0] << 8 | b[1] : b[1] << 8 | b[0]);
    }
}

static void append_page(reader* r, const page* p, tiff_picture* picture)
{
    size_t plane_pixels = (size_t)p->width * p->height;
    uint64_t strips = ((uint64_t)p->height + p->rows_per_strip - 1) / p->rows_per_strip;
    uint16_t* larger;

    if (picture->planes != 0 && (p->width != picture->width || p->height != picture->height)) {
        fail(r, "its pages differ in size");
        return;
    }
    if ((uint64_t)plane_pixels * p->samples * 2 > r->size) {
        fail(r, "a page claims more pixels than the file has bytes");
        return;
    }
    larger = realloc(picture->pixels, (picture->planes + p->samples) * plane_pixels * sizeof *larger);
    if (larger == NULL) {
        fail(r, "not enough memory");
        return;
    }
    picture->pixels = larger;
    picture->width = p->width;
    picture->height = p->height;
    for (uint32_t strip = 0; strip < strips && !r->failed; strip++)
        read_strip(r, p, strip, larger + picture->planes * plane_pixels);
    picture->planes += p->samples;
}

static void read_pages(reader* r, tiff_picture* picture)
{
    size_t directory;
    if (r->size < 8 || (memcmp(r->bytes, "II*\0", 4) != 0 && memcmp(r->bytes, "MM\0*", 4) != 0)) {
        fail(r, "it is not a classic TIFF file");
        return;
    }
    r->big_endian = r->bytes[0] == 'M';
    directory = get(r, 4, 4);
    for (int pages = 0; directory != 0 && !r->failed; pages++) {
        page p;
        if (pages == MAX_PAGES) {
            fail(r, "it has more than %d pages", MAX_PAGES);
            return;
        }
        p = read_page(r, directory);
        if (!r->failed)
            append_page(r, &p, picture);
        directory = p.next;
    }
    if (picture->planes == 0)
        fail(r, "it has no page");
}

static uint8_t* load(reader* r, const char* path)
{
    uint8_t* bytes = NULL;
    FILE* file = fopen(path, "rb");
    if (file == NULL) {
        fail(r, "it cannot be opened");
        return NULL;
    }
    for (size_t capacity = 1 << 20; !r->failed; capacity *= 2) {
        uint8_t* larger = capacity > MAX_FILE_BYTES ? NULL : realloc(bytes, capacity);
        if (larger == NULL) {
            fail(r, "it is too large");
            break;
        }
        bytes = larger;
        r->size += fread(bytes + r->size, 1, capacity - r->size, file);
        if (ferror(file))
            fail(r, "it cannot be read");
        if (r->size < capacity)
            break;
    }
    fclose(file);
    return bytes;
}

int tiff_read(const char* path, tiff_picture* picture, char* error, size_t error_capacity)
{
    char reason[256] = "";
    reader r = {NULL, 0, 0, reason, sizeof reason, 0};
    uint8_t* bytes = load(&r, path);
    memset(picture, 0, sizeof *picture);
    r.bytes = bytes;
    if (!r.failed)
        read_pages(&r, picture);
    free(bytes);
    if (!r.failed)
        return 0;
    tiff_free(picture);
    snprintf(error, error_capacity, "%s: %s", path, reason);
    return -1;
}

void tiff_free(tiff_picture* picture)
{
    free(picture->pixels);
    memset(picture, 0, sizeof *picture);
}
