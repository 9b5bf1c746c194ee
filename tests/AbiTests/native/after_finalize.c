/* A frame that comes after finalize was begun is refused, and a freed handle is never taken for another stream's. */
#include "support.h"

#include <string.h>

/* What became of a stream can be asked after its end, too. */
static void tells_of_itself(uint64_t stream, const char* name, uint64_t frames)
{
    char text[4096];
    omz_stats stats = OMZ_STATS_INIT;
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.frames_appended == frames && stats.frames_written == frames && stats.bytes_out >= frames * FRAME_BYTES);
    CHECK(stats.ring_occupancy == 0 && stats.errors == 0);
    CHECK(omz_get_stats_json(stream, text, (int32_t)sizeof text) > 0 && strstr(text, "\"frames_written\"") != 0);
    CHECK(omz_stream_error(stream, text, (int32_t)sizeof text) == 1 && text[0] == 0);
    CHECK(omz_output_path(stream, text, (int32_t)sizeof text) > 1 && strcmp(text, in_scratch(name)) == 0);
}

int main(int argc, char** argv)
{
    uint64_t stream, next;
    begin(argc, argv);
    stream = create(settings_of("late", 4, ""));
    CHECK_STATUS(omz_finalize_poll(stream, 0, 0), OMZ_E_INVALID_ARGUMENT); /* not begun yet */
    CHECK_STATUS(append_seed(stream, 1), OMZ_OK);
    CHECK_STATUS(omz_finalize_begin(stream), OMZ_OK);
    CHECK_STATUS(omz_finalize_begin(stream), OMZ_OK);
    CHECK_STATUS(append_seed(stream, 2), OMZ_E_FINALIZED);
    CHECK_STATUS(omz_skip_frames(stream, 1), OMZ_E_FINALIZED);
    CHECK_STATUS(omz_finalize_poll(stream, -1, 0), OMZ_OK);
    tells_of_itself(stream, "late.ome.zarr", 1);

    CHECK_STATUS(append_seed(stream, 2), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_finalize(stream), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_finalize_poll(stream, -1, 0), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_abort(stream), OMZ_E_INVALID_HANDLE);

    next = create(settings_of("next", 1, ""));
    CHECK(next != stream);
    CHECK_STATUS(append_seed(stream, 2), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(append_seed(next, 7), OMZ_OK);
    CHECK_STATUS(omz_finalize(next), OMZ_OK);
    tells_of_itself(stream, "late.ome.zarr", 1);
    tells_of_itself(next, "next.ome.zarr", 1);
    CHECK(is_stored("late", 0, 1));
    CHECK(!exists("late.ome.zarr/0/c/1"));
    CHECK(is_stored("next", 0, 7));
    return done();
}
