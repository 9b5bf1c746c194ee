/* A frame that comes after finalize was begun is refused, and a freed handle is never taken for another stream's. */
#include "support.h"

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

    CHECK_STATUS(append_seed(stream, 2), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_finalize(stream), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_finalize_poll(stream, -1, 0), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_abort(stream), OMZ_E_INVALID_HANDLE);

    next = create(settings_of("next", 1, ""));
    CHECK(next != stream);
    CHECK_STATUS(append_seed(stream, 2), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(append_seed(next, 7), OMZ_OK);
    CHECK_STATUS(omz_finalize(next), OMZ_OK);
    CHECK(is_stored("late", 0, 1));
    CHECK(!exists("late.ome.zarr/0/c/1"));
    CHECK(is_stored("next", 0, 7));
    return done();
}
