/* A call from a thread whose stack is nearly used up is refused, where it would overflow the stack and end the host. */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <limits.h>
#include <pthread.h>
#include <string.h>

static uint64_t stream;

static int32_t status;

static void* validate(void* settings)
{
    status = omz_validate_settings(settings);
    return 0;
}

static void* append(void* pixels)
{
    for (int i = 0; i < 100; i++)
        CHECK_STATUS(omz_append_frame(stream, pixels, FRAME_BYTES), OMZ_OK);
    return 0;
}

static void run(size_t stack, void* (*body)(void*), void* argument)
{
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, stack) == 0);
    CHECK(pthread_create(&thread, &attributes, body, argument) == 0);
    CHECK(pthread_join(thread, 0) == 0);
    pthread_attr_destroy(&attributes);
}

int main(int argc, char** argv)
{
    char settings[4096];
    uint16_t pixels[PIXELS];
    begin(argc, argv);
    fill(pixels, PIXELS, 1);
    strcpy(settings, settings_of("stack", 0, ", \"compression\": \"zstd\", \"pyramid\": {\"levels\": 3}"));
    stream = create(settings);
    for (size_t stack = 64 << 10; stack <= 512 << 10; stack += 16 << 10) {
        run(stack, validate, settings);
        CHECK(status == OMZ_OK || (status == OMZ_E_OUT_OF_MEMORY && stack < 256 << 10));
        run(stack, append, pixels); /* a camera's thread may have a small one */
    }
    CHECK(status == OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    return done();
}
