/*
 * Slots that a camera fills: fixed addresses, owned by the caller from acquire to commit or cancel, committed in any order; one that is
 * never given back is told at finalize, and the other frames are stored nevertheless.
 */
#include "support.h"

#include <string.h>

enum { RING = 6, PAGE = 4096 };

static uint64_t open_stream(const char* name)
{
    return create(settings_of(name, 0, ", \"pipeline\": {\"ring_frames\": 6, \"workers\": 1}"));
}

static void addresses_are_fixed(uint64_t stream)
{
    void* addresses[RING + 1] = {0};
    uint64_t bytes = 0, capacity = 0;
    int32_t slots[RING], none = 17;
    void* pixels[RING];
    omz_stats stats = OMZ_STATS_INIT;
    CHECK(omz_list_slots(stream, 0, 0, 0) == RING);
    CHECK(omz_list_slots(stream, addresses, RING + 1, &bytes) == RING && addresses[RING] == 0);
    CHECK(bytes >= FRAME_BYTES);
    for (int i = 0; i < RING; i++) {
        CHECK((uintptr_t)addresses[i] % PAGE == 0);
        CHECK_STATUS(omz_acquire_slot(stream, 0, &pixels[i], &capacity, &slots[i]), OMZ_OK);
        CHECK(capacity == bytes && slots[i] >= 0 && slots[i] < RING && pixels[i] == addresses[slots[i]]);
        memset(pixels[i], i, (size_t)capacity); /* all of it is ours */
        for (int before = 0; before < i; before++)
            CHECK(slots[before] != slots[i]);
    }
    CHECK_STATUS(omz_acquire_slot(stream, 0, &pixels[0], 0, &none), OMZ_E_TIMEOUT);
    CHECK_STATUS(omz_acquire_slot(stream, 5, &pixels[0], 0, &none), OMZ_E_TIMEOUT);
    CHECK(none == 17);
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.ring_occupancy == RING && stats.frames_appended == 0);
    for (int i = 0; i < RING; i++)
        CHECK_STATUS(omz_cancel_slot(stream, slots[i]), OMZ_OK);
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.ring_occupancy == 0);
}

static void wrong_slots_are_refused(uint64_t stream)
{
    omz_frame frame = OMZ_FRAME_INIT;
    void* pixels;
    int32_t slot = -1;
    CHECK_STATUS(omz_acquire_slot(stream, -1, 0, 0, &slot), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_acquire_slot(stream, -1, &pixels, 0, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_acquire_slot(stream, -2, &pixels, 0, &slot), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_list_slots(stream, 0, 3, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_commit_slot(stream, -1, 0), OMZ_E_SLOT);
    CHECK_STATUS(omz_commit_slot(stream, RING, 0), OMZ_E_SLOT);
    CHECK_STATUS(omz_commit_slot(stream, INT32_MIN, 0), OMZ_E_SLOT);
    for (int32_t i = 0; i < RING; i++) { /* nobody acquired any */
        CHECK_STATUS(omz_commit_slot(stream, i, 0), OMZ_E_SLOT);
        CHECK_STATUS(omz_cancel_slot(stream, i), OMZ_E_SLOT);
    }

    /* a frame that is refused leaves the slot with its owner */
    CHECK_STATUS(omz_acquire_slot(stream, -1, &pixels, 0, &slot), OMZ_OK);
    frame.struct_size = 8;
    CHECK_STATUS(omz_commit_slot(stream, slot, &frame), OMZ_E_STRUCT_SIZE);
    frame.struct_size = (uint32_t)sizeof frame;
    frame.size_bytes = FRAME_BYTES - 1;
    CHECK_STATUS(omz_commit_slot(stream, slot, &frame), OMZ_E_FRAME_SIZE);
    frame.size_bytes = FRAME_BYTES;
    frame.pixels = &frame; /* not in the slot */
    CHECK(omz_commit_slot(stream, slot, &frame) < 0);
    frame.pixels = (char*)pixels - 1;
    CHECK(omz_commit_slot(stream, slot, &frame) < 0);
    frame.pixels = (char*)pixels + PAGE - FRAME_BYTES + 1; /* its end is beyond the slot's */
    CHECK(omz_commit_slot(stream, slot, &frame) < 0);
    CHECK_STATUS(omz_cancel_slot(stream, slot), OMZ_OK);
    CHECK_STATUS(omz_cancel_slot(stream, slot), OMZ_E_SLOT);
    CHECK_STATUS(omz_commit_slot(stream, slot, 0), OMZ_E_SLOT);
}

static void frames_come_in_the_order_of_commits(uint64_t stream)
{
    void* pixels[3];
    int32_t slots[3];
    omz_frame frame = OMZ_FRAME_INIT;
    for (int i = 0; i < 3; i++) {
        CHECK_STATUS(omz_acquire_slot(stream, -1, &pixels[i], 0, &slots[i]), OMZ_OK);
        fill(pixels[i], PIXELS, (uint64_t)i);
    }
    CHECK_STATUS(omz_commit_slot(stream, slots[2], 0), OMZ_OK);
    CHECK_STATUS(append_seed(stream, 9), OMZ_OK); /* copying and not copying go together */
    CHECK_STATUS(omz_commit_slot(stream, slots[0], 0), OMZ_OK);
    CHECK_STATUS(omz_commit_slot(stream, slots[0], 0), OMZ_E_SLOT);

    /* a frame that begins somewhere in its slot, with an index */
    memmove((char*)pixels[1] + 64, pixels[1], FRAME_BYTES);
    frame.pixels = (char*)pixels[1] + 64;
    frame.size_bytes = FRAME_BYTES;
    frame.index = 3;
    CHECK_STATUS(omz_commit_slot(stream, slots[1], &frame), OMZ_OK);
}

int main(int argc, char** argv)
{
    uint64_t stream;
    void* pixels;
    int32_t slot;
    begin(argc, argv);
    stream = open_stream("slots");
    addresses_are_fixed(stream);
    wrong_slots_are_refused(stream);
    frames_come_in_the_order_of_commits(stream);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK(is_stored("slots", 0, 2) && is_stored("slots", 1, 9) && is_stored("slots", 2, 0) && is_stored("slots", 3, 1));

    stream = open_stream("lost");
    CHECK_STATUS(omz_acquire_slot(stream, -1, &pixels, 0, &slot), OMZ_OK);
    CHECK_STATUS(append_seed(stream, 4), OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_E_SLOTS_LOST);
    CHECK(is_stored("lost", 0, 4));

    stream = open_stream("aborted");
    CHECK_STATUS(omz_acquire_slot(stream, -1, &pixels, 0, &slot), OMZ_OK);
    CHECK_STATUS(omz_abort(stream), OMZ_OK);
    return done();
}
