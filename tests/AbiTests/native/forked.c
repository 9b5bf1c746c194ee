/* A forked child is refused by every call that needs the library's threads; the parent goes on as if nothing had been. */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <sys/wait.h>
#include <unistd.h>

static void child_is_refused(uint64_t stream, const char* settings)
{
    uint16_t pixels[PIXELS] = {0};
    omz_frame frame = OMZ_FRAME_INIT;
    omz_stats stats = OMZ_STATS_INIT;
    char text[64];
    void* slot_pixels;
    uint64_t token;
    int32_t number;
    double progress;
    uint64_t another = 0;
    frame.pixels = pixels;
    frame.size_bytes = sizeof pixels;
    CHECK_STATUS(omz_create(settings, &another), OMZ_E_FORKED);
    CHECK(another == 0);
    CHECK_STATUS(omz_append_frame(stream, pixels, sizeof pixels), OMZ_E_FORKED);
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_E_FORKED);
    CHECK_STATUS(omz_append_frame_meta(stream, pixels, sizeof pixels, 0), OMZ_E_FORKED);
    CHECK_STATUS(omz_list_slots(stream, &slot_pixels, 1, 0), OMZ_E_FORKED);
    CHECK_STATUS(omz_acquire_slot(stream, -1, &slot_pixels, 0, &number), OMZ_E_FORKED);
    CHECK_STATUS(omz_commit_slot(stream, 0, 0), OMZ_E_FORKED);
    CHECK_STATUS(omz_cancel_slot(stream, 0), OMZ_E_FORKED);
    CHECK_STATUS(omz_append_borrowed(stream, &frame, 1), OMZ_E_FORKED);
    CHECK_STATUS(omz_poll_released(stream, &token, 1, -1, &number), OMZ_E_FORKED);
    CHECK_STATUS(omz_skip_frames(stream, 1), OMZ_E_FORKED);
    CHECK_STATUS(omz_set_metadata(stream, "a", "{}"), OMZ_E_FORKED);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_E_FORKED);
    CHECK_STATUS(omz_finalize_begin(stream), OMZ_E_FORKED);
    CHECK_STATUS(omz_finalize_poll(stream, -1, &progress), OMZ_E_FORKED);
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_E_FORKED);
    CHECK_STATUS(omz_get_stats_json(stream, text, (int32_t)sizeof text), OMZ_E_FORKED);
    CHECK_STATUS(omz_stream_error(stream, text, (int32_t)sizeof text), OMZ_E_FORKED);
    CHECK_STATUS(omz_abort(stream), OMZ_E_FORKED);
    CHECK_STATUS(omz_finalize(stream), OMZ_E_FORKED);
}

static int result_of_child(uint64_t stream, const char* settings)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        alarm(30); /* a child that hangs is a failure, not a test that never ends */
        child_is_refused(stream, settings);
        _exit(0);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    return status;
}

int main(int argc, char** argv)
{
    uint64_t stream;
    begin(argc, argv);
    stream = create(settings_of("parent", 40, ""));
    for (uint64_t i = 0; i < 40; i++) {
        CHECK_STATUS(append_seed(stream, i), OMZ_OK);
        if (i % 10 == 5) /* in the middle of the work */
            CHECK(result_of_child(stream, settings_of("child", 1, "")) == 0);
    }
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    for (int i = 0; i < 40; i++)
        CHECK(is_stored("parent", i, (uint64_t)i));
    CHECK(!exists("child.ome.zarr"));
    return done();
}
