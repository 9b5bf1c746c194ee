/* Handles that are null, stale or foreign, and null pointers, are told apart from good ones and harm nothing. */
#include "support.h"

static void on_release(uint64_t token, void* user_data)
{
    (void)token;
    (void)user_data;
    CHECK(!"no frame was ever borrowed");
}

static void every_call_refuses(uint64_t stream)
{
    uint16_t pixels[PIXELS] = {0};
    omz_frame frame = OMZ_FRAME_INIT;
    char text[64];
    void* slot_pixels = text;
    uint64_t token = 8;
    int32_t number = 9;
    double progress = 0.25;
    frame.pixels = pixels;
    frame.size_bytes = sizeof pixels;
    CHECK_STATUS(omz_append_frame(stream, pixels, sizeof pixels), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_append_frame_meta(stream, pixels, sizeof pixels, 0), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_list_slots(stream, &slot_pixels, 1, 0), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_acquire_slot(stream, -1, &slot_pixels, 0, &number), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_commit_slot(stream, 0, &frame), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_cancel_slot(stream, 0), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_append_borrowed(stream, &frame, 1), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_poll_released(stream, &token, 1, -1, &number), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_set_release_callback(stream, on_release, 0), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_skip_frames(stream, 1), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_set_metadata(stream, "a", "{}"), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_flush(stream, 0), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_finalize_begin(stream), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_finalize_poll(stream, 0, &progress), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_abort(stream), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_finalize(stream), OMZ_E_INVALID_HANDLE);
    CHECK(last_error()[0] != 0);
    CHECK(progress == 0.25); /* out-parameters are untouched when a call fails */
    CHECK(slot_pixels == text && token == 8 && number == 9);
}

/* A stream that has ended answers these. */
static void nothing_is_told_of(uint64_t stream)
{
    omz_stats stats = OMZ_STATS_INIT;
    char text[64];
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_get_stats_json(stream, text, (int32_t)sizeof text), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_stream_error(stream, text, (int32_t)sizeof text), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_output_path(stream, text, (int32_t)sizeof text), OMZ_E_INVALID_HANDLE);
    CHECK(stats.frames_appended == 0);
}

static void null_pointers_are_refused(uint64_t stream)
{
    uint64_t untouched = 17;
    omz_frame frame = OMZ_FRAME_INIT;
    frame.size_bytes = FRAME_BYTES;
    CHECK_STATUS(omz_append_frame(stream, 0, FRAME_BYTES), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_append_frame_ex(stream, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_append_frame_meta(stream, 0, FRAME_BYTES, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_set_metadata(stream, 0, "{}"), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_set_metadata(stream, "a", 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_get_stats(stream, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_get_stats_json(stream, 0, 10), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_stream_error(stream, 0, 10), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_create(0, &untouched), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_create(settings_of("null", 1, ""), 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_create("{}", &untouched), OMZ_E_INVALID_SETTINGS);
    CHECK_STATUS(omz_validate_settings(0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_estimate_memory(0, &untouched), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_estimate_memory(settings_of("null", 1, ""), 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_describe_layout(0, 0, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK(untouched == 17);
    CHECK(!exists("null.ome.zarr"));
}

int main(int argc, char** argv)
{
    uint64_t open, closed;
    begin(argc, argv);
    open = create(settings_of("open", 2, ""));
    closed = create(settings_of("closed", 1, ""));
    CHECK(open != closed);
    CHECK_STATUS(append_seed(closed, 1), OMZ_OK);
    CHECK_STATUS(omz_finalize(closed), OMZ_OK);

    every_call_refuses(closed);
    for (int bit = -4; bit < 64; bit++) {
        const uint64_t foreign[] = {0, 1, UINT64_MAX, (uint64_t)(uintptr_t)&open};
        const uint64_t handle = bit < 0 ? foreign[bit + 4] : open ^ (uint64_t)1 << bit;
        every_call_refuses(handle);
        if (handle != closed)
            nothing_is_told_of(handle);
    }
    null_pointers_are_refused(open);

    /* the stream that was open all the time has noticed nothing */
    CHECK_STATUS(append_seed(open, 5), OMZ_OK);
    CHECK_STATUS(append_seed(open, 6), OMZ_OK);
    CHECK_STATUS(omz_finalize(open), OMZ_OK);
    CHECK(is_stored("open", 0, 5));
    CHECK(is_stored("open", 1, 6));
    return done();
}
