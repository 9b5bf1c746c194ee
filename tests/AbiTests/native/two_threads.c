/* Two threads append to a stream that expects one: each append is stored or refused with OMZ_E_BUSY, and none is lost between. */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <pthread.h>

enum { APPENDS = 4000 };

static uint64_t stream;

typedef struct count {
    uint64_t taken;
    uint64_t busy;
} count;

static void* append_many(void* argument)
{
    count* c = argument;
    uint16_t pixels[PIXELS];
    fill(pixels, PIXELS, 9);
    for (int i = 0; i < APPENDS; i++) {
        int32_t status = omz_append_frame(stream, pixels, sizeof pixels);
        CHECK(status == OMZ_OK || status == OMZ_E_BUSY);
        c->taken += status == OMZ_OK;
        c->busy += status == OMZ_E_BUSY;
    }
    return 0;
}

int main(int argc, char** argv)
{
    pthread_t threads[2];
    count counts[2] = {{0, 0}, {0, 0}};
    omz_stats stats = OMZ_STATS_INIT;
    begin(argc, argv);
    stream = create(large_settings_of("unbounded", 0, HEIGHT, WIDTH, 16, ""));
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], 0, append_many, &counts[i]) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], 0);
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.frames_appended == counts[0].taken + counts[1].taken);
    CHECK(stats.bytes_in == stats.frames_appended * FRAME_BYTES);
    CHECK(counts[0].taken + counts[0].busy == APPENDS);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    return done();
}
