/*
 * The disk fills up while frames arrive: an append soon says OMZ_E_NO_SPACE, the error sticks, finalize returns it, and what was
 * stored before stays readable. The disk is a tmpfs of 8 MiB in a mount namespace of this process; where that is not allowed, a limit
 * on the size of files (RLIMIT_FSIZE) makes writing fail instead.
 */
#define _GNU_SOURCE

#include "support.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { SIDE = 512, SIDE_PIXELS = SIDE * SIDE, SIDE_BYTES = SIDE_PIXELS * 2, APPENDS = 100000 };

static int mount_small_disk(void)
{
    if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return 0;
    /* without this the mount would be seen outside too */
    if (mount("none", "/", 0, MS_REC | MS_PRIVATE, 0) != 0)
        return 0;
    return mount("tmpfs", in_scratch("disk"), "tmpfs", 0, "size=8m") == 0;
}

static void limit_files(void)
{
    struct rlimit limit = {SIDE_BYTES / 2, SIDE_BYTES / 2};
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

int main(int argc, char** argv)
{
    uint16_t* pixels = malloc(SIDE_BYTES);
    uint64_t stream, taken = 0;
    int32_t status = OMZ_OK, expected;
    char first[1024], text[1024];
    omz_stats stats = OMZ_STATS_INIT;
    begin(argc, argv);
    CHECK(pixels != 0 && mkdir(in_scratch("disk"), 0700) == 0);
    if (mount_small_disk()) {
        expected = OMZ_E_NO_SPACE;
    } else {
        printf("no mount here (%s): files are limited instead\n", strerror(errno));
        limit_files();
        expected = OMZ_E_IO;
    }

    stream = create(large_settings_of("disk/full", 0, SIDE, SIDE, 1, ", \"pipeline\": {\"ring_frames\": 8}"));
    for (; taken < APPENDS && status == OMZ_OK; taken += status == OMZ_OK) {
        fill(pixels, SIDE_PIXELS, taken);
        status = omz_append_frame(stream, pixels, SIDE_BYTES);
    }
    printf("%llu frames of %d KiB were taken, then %s: %s\n", (unsigned long long)taken, SIDE_BYTES / 1024,
           omz_status_name(status), last_error());
    CHECK_STATUS(status, expected);
    CHECK(taken <= 64); /* the disk (or its first file), the ring, and what was in the workers' hands */

    /* it sticks: the same text again and again, and the counter counts */
    CHECK(omz_stream_error(stream, first, (int32_t)sizeof first) > 1 && first[0] != 0);
    for (int i = 0; i < 3; i++)
        CHECK(omz_append_frame(stream, pixels, SIDE_BYTES) == status);
    CHECK(omz_skip_frames(stream, 1) == status);
    CHECK(omz_stream_error(stream, text, (int32_t)sizeof text) > 1 && strcmp(first, text) == 0);
    CHECK(omz_flush(stream, -1) < 0);
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.errors >= 4 && stats.frames_appended == taken);

    CHECK_STATUS(omz_finalize(stream), expected);
    CHECK(strcmp(last_error(), first) == 0);
    CHECK(exists("disk/full.ome.zarr/zarr.json") && exists("disk/full.ome.zarr/0/zarr.json"));

    /* an abort of a failed stream is no error, and the library can go on elsewhere */
    if (expected == OMZ_E_NO_SPACE) {
        stream = create(settings_of("elsewhere", 1, ""));
        CHECK_STATUS(append_seed(stream, 1), OMZ_OK);
        CHECK_STATUS(omz_finalize(stream), OMZ_OK);
        CHECK(is_stored("elsewhere", 0, 1));
    }
    free(pixels);
    return done();
}
