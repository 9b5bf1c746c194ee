/*
 * Writes datasets of one layout and tells how much memory that took at most:
 *     memory estimate SETTINGS
 *     memory write SETTINGS FOLDER STREAMS ARRAYS FRAMES BYTES METADATA
 * SETTINGS is a file without a root_path. So many streams are open together, each with so many arrays by the keys k0, k1 and so on
 * (0: no keys), each of which takes frames of so many bytes: with a time, and so many bytes of JSON as short as members can be, where
 * METADATA is not 0 (a time alone for -1). Prints the estimate in bytes; or the growth of the process's peak in KiB and the first error.
 */
#include "platform.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char* settings_at(const char* file, const char* folder, long number)
{
    FILE* in = fopen(file, "rb");
    char *text, root[1024];
    long size;
    int head;
    CHECK(in != NULL && fseek(in, 0, SEEK_END) == 0);
    size = ftell(in);
    rewind(in);
    head = snprintf(root, sizeof root, "{\"root_path\": \"%s/%ld\",", folder, number);
    CHECK(head > 0 && (size_t)head < sizeof root);
    text = malloc((size_t)head + (size_t)size + 1);
    CHECK(text != NULL);
    memcpy(text, root, (size_t)head);
    CHECK(fread(text + head, 1, (size_t)size, in) == (size_t)size && text[head] == '{');
    text[head] = ' ';
    text[head + size] = 0;
    fclose(in);
    return text;
}

static char* metadata_of(long bytes)
{
    char *json, *at;
    long member = 0;
    if (bytes < 16)
        return NULL;
    json = at = malloc((size_t)bytes + 1);
    CHECK(json != NULL);
    for (*at++ = '{'; at - json < bytes - 12; member++)
        at += sprintf(at, "%s\"%lx\":1", member == 0 ? "" : ",", (unsigned long)member);
    strcpy(at, "}");
    return json;
}

static int32_t append(uint64_t stream, const unsigned char* pixels, uint64_t bytes, long number, const char* metadata, int has_time)
{
    omz_frame frame = OMZ_FRAME_INIT;
    frame.pixels = pixels;
    frame.size_bytes = bytes;
    frame.flags = has_time ? OMZ_FRAME_HAS_DELTA_T : 0u;
    frame.delta_t = (double)number;
    frame.metadata_json = metadata;
    return omz_append_frame_ex(stream, &frame);
}

static uint64_t array_of(uint64_t stream, long arrays, long number)
{
    uint64_t array = stream;
    char key[32];
    if (arrays == 0)
        return stream;
    snprintf(key, sizeof key, "k%ld", number);
    CHECK_STATUS(omz_array_stream(stream, key, &array), OMZ_OK);
    return array;
}

static void write_all(char** settings, long streams, long arrays, long frames, const unsigned char* pixels, uint64_t bytes, const char* metadata, int has_time)
{
    uint64_t* handles = calloc((size_t)streams, sizeof *handles);
    CHECK(handles != NULL);
    for (long i = 0; i < streams; i++)
        CHECK_STATUS(omz_create(settings[i], &handles[i]), OMZ_OK);
    for (long frame = 0; frame < frames; frame++)
        for (long i = 0; i < streams; i++)
            for (long array = 0; array < (arrays == 0 ? 1 : arrays); array++)
                CHECK_STATUS(append(array_of(handles[i], arrays, array), pixels, bytes, frame, metadata, has_time), OMZ_OK);
    for (long i = 0; i < streams; i++)
        CHECK_STATUS(omz_finalize(handles[i]), OMZ_OK);
    free(handles);
}

int main(int argc, char** argv)
{
    if (argc == 3 && strcmp(argv[1], "estimate") == 0) {
        uint64_t estimate = 0;
        CHECK_STATUS(omz_estimate_memory(settings_at(argv[2], "/estimated", 0), &estimate), OMZ_OK);
        printf("%llu\n", (unsigned long long)estimate);
        return 0;
    }

    CHECK(argc == 9 && strcmp(argv[1], "write") == 0);
    long streams = atol(argv[4]), arrays = atol(argv[5]), frames = atol(argv[6]), metadata = atol(argv[8]), before;
    uint64_t bytes = strtoull(argv[7], NULL, 10);
    unsigned char* pixels = malloc(bytes);
    char** settings = calloc((size_t)streams, sizeof *settings);
    char* json = metadata_of(metadata);
    CHECK(pixels != NULL && settings != NULL);
    for (uint64_t i = 0; i < bytes; i++)
        pixels[i] = (unsigned char)((i * 2654435761u) >> 13);
    for (long i = 0; i < streams; i++)
        settings[i] = settings_at(argv[2], argv[3], i);
    /* From here on only the library takes memory: the highest mark of a fresh process tells its most. */
    before = peak_resident_kib();
    write_all(settings, streams, arrays, frames, pixels, bytes, json, metadata != 0);
    printf("%ld\n", peak_resident_kib() - before);
    return 0;
}
