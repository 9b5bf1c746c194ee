/*
 * Writes datasets 0.ome.zarr, 1.ome.zarr and so on until it is killed: the second argument has the members of the settings but for the
 * path. Tells after each flush which dataset it is and how many of its frames are in; frame n has the pixels of seed n.
 */
#include "support.h"

#include <stdio.h>

enum { FRAMES = 63, FRAMES_PER_FLUSH = 7 };

static void write_dataset(int number, const char* members)
{
    char name[32], settings[4096];
    uint64_t stream;
    snprintf(name, sizeof name, "%d.ome.zarr", number);
    snprintf(settings, sizeof settings, "{\"root_path\": \"%s\", %s}", in_scratch(name), members);
    stream = create(settings);
    for (uint64_t frame = 0; frame < FRAMES; frame++) {
        CHECK_STATUS(append_seed(stream, frame), OMZ_OK);
        if ((frame + 1) % FRAMES_PER_FLUSH == 0) {
            CHECK_STATUS(omz_flush(stream, -1), OMZ_OK);
            printf("%d %d\n", number, (int)frame + 1);
        }
    }
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
}

int main(int argc, char** argv)
{
    CHECK(argc == 3);
    begin(2, argv);
    for (int number = 0;; number++)
        write_dataset(number, argv[2]);
}
