/*
 * minimal.c - the smallest complete host: ten 512 x 512 frames of 16 bits go into minimal.ome.zarr (or argv[1]).
 *
 *     package=../../artifacts/linux-x64
 *     cc -std=c99 minimal.c -I$package/include -L$package -lomezarr_native -Wl,-rpath,$package -o minimal
 */
#include "omezarr_native.h"

#include <stdio.h>

enum { FRAMES = 10, HEIGHT = 512, WIDTH = 512 };

static uint16_t pixels[HEIGHT * WIDTH];

static int failed(const char* call, int32_t status)
{
    char message[4096] = "";
    omz_last_error(message, (int32_t)sizeof message);
    fprintf(stderr, "%s: %s: %s\n", call, omz_status_name(status), message);
    return 1;
}

int main(int argc, char** argv)
{
    const char* path = argc > 1 ? argv[1] : "minimal.ome.zarr";
    char settings[4096];
    uint64_t stream = 0;
    int32_t status;

    /* A path with quotes or backslashes needs JSON escapes; demo.c shows how. */
    snprintf(settings, sizeof settings,
             "{\"root_path\": \"%s\", \"dtype\": \"uint16\", \"overwrite\": true, \"layout\": \"auto\", \"compression\": \"blosc-lz4\","
             " \"dimensions\": [{\"name\": \"t\", \"type\": \"time\", \"count\": %d},"
             " {\"name\": \"y\", \"type\": \"space\", \"count\": %d, \"unit\": \"micrometer\", \"scale\": 0.325},"
             " {\"name\": \"x\", \"type\": \"space\", \"count\": %d, \"unit\": \"micrometer\", \"scale\": 0.325}]}",
             path, FRAMES, HEIGHT, WIDTH);

    status = omz_create(settings, &stream);
    if (status != OMZ_OK)
        return failed("omz_create", status);

    for (int frame = 0; frame < FRAMES; frame++) {
        for (int i = 0; i < HEIGHT * WIDTH; i++)
            pixels[i] = (uint16_t)(100 * frame + i % WIDTH + i / WIDTH);
        status = omz_append_frame(stream, pixels, sizeof pixels);
        if (status != OMZ_OK) {
            failed("omz_append_frame", status);
            break; /* finalize keeps what was appended, and frees the stream */
        }
    }

    status = omz_finalize(stream);
    if (status != OMZ_OK)
        return failed("omz_finalize", status);
    printf("%d frames are in %s\n", FRAMES, path);
    return 0;
}
