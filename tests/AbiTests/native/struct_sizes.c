/* A struct of a size that no version of the header has is refused before anything in it is read or written; older ones are taken. */
#include "support.h"

#include <stddef.h>
#include <string.h>

int main(int argc, char** argv)
{
    enum { FIRST = offsetof(omz_frame, delta_t) }; /* the first omz_frame ended here */
    static const uint32_t wrong[] = {0, 1, 4, 8, FIRST - 1, FIRST + 1, (uint32_t)sizeof(omz_frame) - 1, (uint32_t)sizeof(omz_frame) + 1,
                                     4096, UINT32_MAX};
    omz_frame old = OMZ_FRAME_INIT;
    uint16_t pixels[PIXELS];
    uint64_t stream;
    omz_stats stats = OMZ_STATS_INIT;
    struct {
        omz_stats stats;
        uint64_t later[8]; /* members of a later version */
    } newer;
    begin(argc, argv);
    fill(pixels, PIXELS, 3);
    stream = create(settings_of("sizes", 2, ""));

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        omz_frame frame = OMZ_FRAME_INIT;
        frame.pixels = pixels;
        frame.size_bytes = sizeof pixels;
        frame.struct_size = wrong[i];
        CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_E_STRUCT_SIZE);
    }
    /* the struct as it was first published ended before this member */
    for (uint32_t size = 0; size < (uint32_t)offsetof(omz_stats, managed_bytes_allocated); size++) {
        memset(&stats, 0xA5, sizeof stats);
        stats.struct_size = size;
        CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_E_STRUCT_SIZE);
        CHECK(stats.active_workers == 0xA5A5A5A5u && stats.errors == 0xA5A5A5A5A5A5A5A5u);
    }

    /* a host with a newer header: what this version knows is filled, the rest is left alone */
    memset(&newer, 0xA5, sizeof newer);
    newer.stats.struct_size = (uint32_t)sizeof newer;
    CHECK_STATUS(omz_get_stats(stream, &newer.stats), OMZ_OK);
    CHECK(newer.stats.struct_size == sizeof newer && newer.stats.frames_appended == 0);
    for (int i = 0; i < 8; i++)
        CHECK(newer.later[i] == 0xA5A5A5A5A5A5A5A5u);

    CHECK_STATUS(append_seed(stream, 3), OMZ_OK);

    /* the first struct: what lies behind it is not read, and it cannot announce members that it does not have */
    old.struct_size = FIRST;
    old.pixels = pixels;
    old.size_bytes = sizeof pixels;
    old.flags = OMZ_FRAME_HAS_DELTA_T;
    CHECK_STATUS(omz_append_frame_ex(stream, &old), OMZ_E_INVALID_ARGUMENT);
    old.flags = 0;
    CHECK_STATUS(omz_append_frame_ex(stream, &old), OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK(is_stored("sizes", 0, 3) && is_stored("sizes", 1, 3));
    return done();
}
