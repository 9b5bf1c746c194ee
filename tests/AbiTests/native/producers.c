/* Several producers, each frame with its own index: every frame lies where its index says, whatever the order. */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <pthread.h>

enum { PRODUCERS = 4, FRAMES = 400 };

static uint64_t stream;

static int32_t append_at(int64_t index)
{
    uint16_t pixels[PIXELS];
    omz_frame frame = OMZ_FRAME_INIT;
    fill(pixels, PIXELS, 1000 + (uint64_t)index);
    frame.pixels = pixels;
    frame.size_bytes = sizeof pixels;
    frame.index = index;
    return omz_append_frame_ex(stream, &frame);
}

static void* produce(void* argument)
{
    int first = *(int*)argument;
    for (int i = first; i < FRAMES; i += PRODUCERS)
        CHECK_STATUS(append_at(i), OMZ_OK);
    return 0;
}

int main(int argc, char** argv)
{
    pthread_t threads[PRODUCERS];
    int first[PRODUCERS];
    begin(argc, argv);
    stream = create(settings_of("producers", FRAMES, ", \"pipeline\": {\"producers\": 4}"));
    CHECK_STATUS(append_at(-1), OMZ_E_FRAME_INDEX); /* there is no "next" frame here */
    CHECK_STATUS(append_seed(stream, 1), OMZ_E_FRAME_INDEX);
    for (int i = 0; i < PRODUCERS; i++) {
        first[i] = i;
        CHECK(pthread_create(&threads[i], 0, produce, &first[i]) == 0);
    }
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], 0);
    CHECK_STATUS(append_at(7), OMZ_E_FRAME_INDEX); /* taken */
    CHECK(append_at(FRAMES) < 0);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    for (int i = 0; i < FRAMES; i++)
        CHECK(is_stored("producers", i, 1000 + (uint64_t)i));
    return done();
}
