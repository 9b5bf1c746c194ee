/* One producer may give frames in any order: each index once, in range, not too far ahead of the lowest one missing. */
#include "support.h"

static int32_t append_at(uint64_t stream, int64_t index)
{
    uint16_t pixels[PIXELS];
    omz_frame frame = OMZ_FRAME_INIT;
    fill(pixels, PIXELS, 50 + (uint64_t)index);
    frame.pixels = pixels;
    frame.size_bytes = sizeof pixels;
    frame.index = index;
    return omz_append_frame_ex(stream, &frame);
}

int main(int argc, char** argv)
{
    uint64_t stream;
    begin(argc, argv);
    stream = create(settings_of("order", 6, ""));
    CHECK_STATUS(append_at(stream, 4), OMZ_OK);
    CHECK_STATUS(append_at(stream, 4), OMZ_E_FRAME_INDEX);
    CHECK_STATUS(append_at(stream, -2), OMZ_E_FRAME_INDEX);
    CHECK_STATUS(append_at(stream, INT64_MIN), OMZ_E_FRAME_INDEX);
    CHECK(append_at(stream, 6) == OMZ_E_TOO_MANY_FRAMES || append_at(stream, 6) == OMZ_E_FRAME_INDEX);
    CHECK(append_at(stream, INT64_MAX) < 0);
    CHECK_STATUS(append_at(stream, 0), OMZ_OK);
    CHECK_STATUS(append_at(stream, 3), OMZ_OK);
    CHECK_STATUS(append_at(stream, 1), OMZ_OK);
    CHECK_STATUS(append_at(stream, 2), OMZ_OK);
    CHECK_STATUS(append_at(stream, 5), OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    for (int i = 0; i < 6; i++)
        CHECK(is_stored("order", i, 50 + (uint64_t)i));

    stream = create(settings_of("far", 0, ""));
    CHECK_STATUS(append_at(stream, 1048576), OMZ_E_FRAME_INDEX);
    CHECK_STATUS(append_at(stream, 1048575), OMZ_OK);
    CHECK(append_at(stream, INT64_MAX) < 0);
    CHECK_STATUS(omz_abort(stream), OMZ_OK);
    return done();
}
