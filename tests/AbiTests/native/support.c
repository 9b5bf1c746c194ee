#define _POSIX_C_SOURCE 200809L

#include "platform.h"
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char* scratch;

void begin(int argc, char** argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s SCRATCH_FOLDER\n", argv[0]);
        exit(2);
    }
    scratch = argv[1];
    setvbuf(stdout, NULL, _IOLBF, 0);
}

int done(void)
{
    puts("ok");
    return 0;
}

const char* last_error(void)
{
    static char text[8192];
    text[0] = 0;
    omz_last_error(text, (int32_t)sizeof text);
    return text;
}

void check_true(int holds, const char* condition, const char* file, int line)
{
    if (holds)
        return;
    printf("%s:%d: does not hold: %s\nlast error: %s\n", file, line, condition, last_error());
    fflush(stdout);
    _exit(1);
}

void check_status(int32_t status, int32_t expected, const char* call, const char* file, int line)
{
    if (status == expected)
        return;
    printf("%s:%d: %s is %s (%d), expected %s\nlast error: %s\n", file, line, call, omz_status_name(status), status,
           omz_status_name(expected), last_error());
    fflush(stdout);
    _exit(1);
}

const char* in_scratch(const char* name)
{
    static char paths[4][4096];
    static int next;
    char* path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
    return path;
}

const char* settings_of(const char* name, long frames, const char* more)
{
    return large_settings_of(name, frames, HEIGHT, WIDTH, 1, more);
}

const char* large_settings_of(const char* name, long frames, long height, long width, long chunk_frames, const char* more)
{
    static char settings[16384];
    char count[32] = "null";
    if (frames > 0)
        snprintf(count, sizeof count, "%ld", frames);
    snprintf(settings, sizeof settings,
             "{\"root_path\": \"%s.ome.zarr\", \"overwrite\": true, \"dtype\": \"uint16\", \"dimensions\": ["
             "{\"name\": \"t\", \"type\": \"time\", \"count\": %s, \"chunk_size\": %ld}, "
             "{\"name\": \"y\", \"type\": \"space\", \"count\": %ld}, "
             "{\"name\": \"x\", \"type\": \"space\", \"count\": %ld}]%s}",
             in_scratch(name), count, chunk_frames, height, width, more);
    return settings;
}

uint64_t create(const char* settings)
{
    uint64_t stream = 0;
    CHECK_STATUS(omz_create(settings, &stream), OMZ_OK);
    CHECK(stream != 0);
    return stream;
}

void fill(uint16_t* pixels, size_t count, uint64_t seed)
{
    uint64_t state = seed * 2862933555777941757u + 3037000493u;
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        pixels[i] = (uint16_t)(state >> 48);
    }
}

int32_t append_seed(uint64_t stream, uint64_t seed)
{
    uint16_t pixels[PIXELS];
    fill(pixels, PIXELS, seed);
    return omz_append_frame(stream, pixels, sizeof pixels);
}

int is_stored(const char* name, long frame, uint64_t seed)
{
    uint16_t expected[PIXELS], stored[PIXELS + 1];
    char chunk[512];
    FILE* file;
    size_t bytes;
    snprintf(chunk, sizeof chunk, "%s.ome.zarr/0/c/%ld/0/0", name, frame);
    file = fopen(in_scratch(chunk), "rb");
    if (file == NULL)
        return 0;
    bytes = fread(stored, 1, sizeof stored, file);
    fclose(file);
    fill(expected, PIXELS, seed);
    return bytes == sizeof expected && memcmp(stored, expected, sizeof expected) == 0;
}

int exists(const char* name)
{
    return access(in_scratch(name), F_OK) == 0;
}

long number_in(const char* path, const char* key)
{
    char line[256];
    long number = -1;
    FILE* file = fopen(path, "r");
    while (file != NULL && number < 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            number = strtol(line + strlen(key), NULL, 10);
    if (file != NULL)
        fclose(file);
    return number;
}

long entries_of(const char* folder)
{
    long count = 0;
    DIR* directory = opendir(folder);
    CHECK(directory != NULL);
    for (struct dirent* entry; (entry = readdir(directory)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return count;
}

void wait_for_threads(long most)
{
    time_t deadline = time(NULL) + 10;
    while (thread_count() > most && time(NULL) < deadline)
        give_way();
    CHECK(thread_count() <= most);
}
