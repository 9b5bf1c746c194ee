/* A thousand streams, one after another and many at a time: no thread, no file and no memory is left behind. */
#include "platform.h"
#include "support.h"

#include <stdio.h>

enum { WARM_UP = 100, STREAMS = 1000, AT_ONCE = 8, LEAK_KIB = 16 * 1024 };

static void one_generation(void)
{
    static const char* const more = ", \"pipeline\": {\"workers\": 2, \"ring_frames\": 4}, \"compression\": \"blosc-lz4\", "
                                   "\"durability\": {\"fsync\": \"never\"}";
    uint64_t streams[AT_ONCE];
    char name[32];
    for (int i = 0; i < AT_ONCE; i++) {
        snprintf(name, sizeof name, "many%d", i);
        streams[i] = create(large_settings_of(name, 3, HEIGHT, WIDTH, 3, more));
    }
    for (int i = 0; i < AT_ONCE; i++)
        for (int frame = 0; frame <= i % 4 && frame < 3; frame++)
            CHECK_STATUS(append_seed(streams[i], (uint64_t)frame), OMZ_OK);
    for (int i = 0; i < AT_ONCE; i++)
        CHECK_STATUS(i % 3 == 0 ? omz_abort(streams[i]) : omz_finalize(streams[i]), OMZ_OK);
}

int main(int argc, char** argv)
{
    long threads, files, kib;
    begin(argc, argv);
    for (int i = 0; i < WARM_UP; i += AT_ONCE)
        one_generation();
    wait_for_threads(thread_count());
    threads = thread_count();
    files = open_file_count();
    kib = resident_kib();

    for (int i = 0; i < STREAMS; i += AT_ONCE)
        one_generation();
    wait_for_threads(threads);
    printf("threads %ld, files %ld -> %ld, memory %ld -> %ld KiB\n", threads, files, open_file_count(), kib,
           resident_kib());
    CHECK(open_file_count() == files);
    CHECK(resident_kib() < kib + LEAK_KIB);
    return done();
}
