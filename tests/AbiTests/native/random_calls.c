/*
 * Calls in any order with any arguments, from a fixed seed: every result is a status that the header names, streams stay apart,
 * and at the end nothing is left open. Runs under the address sanitizer too.
 */
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { CALLS = 20000, SLOTS = 6 };

static uint64_t state = 0x9E3779B97F4A7C15u;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void check_known(int32_t status)
{
    CHECK(status >= 0 || strcmp(omz_status_name(status), "OMZ_E_UNKNOWN") != 0);
    if (status == OMZ_E_INTERNAL)
        CHECK(!"a defect in the library");
}

static uint64_t open_one(int slot)
{
    static const char* const more[] = {
        "", ", \"compression\": \"blosc-zstd\"", ", \"pipeline\": {\"producers\": 3}",
        ", \"arrays\": [{\"key\": \"a\"}, {\"key\": \"b\", \"compression\": \"zstd\"}]",
        ", \"pipeline\": {\"ring_frames\": 2, \"backpressure\": \"drop\"}", ", \"pipeline\": {\"backpressure\": \"fail\", \"workers\": 3}",
    };
    char name[16];
    uint64_t stream = 0;
    snprintf(name, sizeof name, "random%d", slot);
    check_known(omz_create(settings_of(name, (long)draw(40), more[draw(sizeof more / sizeof more[0])]), &stream));
    return stream;
}

/* Mostly an array's handle where there is one; both outlive nothing that they stand for. */
static uint64_t any_handle(uint64_t stream)
{
    static const char* const keys[] = {"a", "b", "c", ""};
    uint64_t array = stream;
    check_known(omz_array_stream(stream, keys[draw(4)], draw(30) == 0 ? 0 : &array));
    return array;
}

static int32_t any_append(uint64_t stream)
{
    static uint16_t pixels[4 * PIXELS];
    static const uint64_t sizes[] = {FRAME_BYTES, FRAME_BYTES, FRAME_BYTES, 0, 1, FRAME_BYTES - 1, 2 * FRAME_BYTES, UINT64_MAX};
    static const uint64_t strides[] = {0, 0, WIDTH * 2, WIDTH * 2 + 6, 1, UINT64_MAX};
    static const char* const json[] = {"{}", "{\"delta_t\": 1, \"n\": \"\\u00b5\"}", "{", "[1]"};
    omz_frame frame = OMZ_FRAME_INIT;
    frame.pixels = draw(20) == 0 ? 0 : pixels;
    frame.size_bytes = sizes[draw(8)];
    frame.row_stride = strides[draw(6)];
    frame.index = draw(3) == 0 ? (int64_t)draw(60) - 5 : -1;
    frame.struct_size -= draw(30) == 0;
    frame.flags = draw(30) == 0 ? 1u << draw(32) : (uint32_t)draw(64);
    frame.delta_t = (double)draw(1000) / 8;
    frame.metadata_json = draw(4) == 0 ? json[draw(4)] : 0;
    /* the caller vouches for the bytes, so only sizes that are there, or that no frame has, are given */
    if (frame.row_stride != 0 && frame.row_stride < 1000)
        frame.size_bytes = draw(2) == 0 ? sizeof pixels : 17;
    return draw(2) == 0 ? omz_append_frame_ex(stream, &frame) : omz_append_frame(stream, frame.pixels, sizes[draw(8)]);
}

/* Slots and borrowed buffers; a borrowed buffer is never written again here, so any token will do. */
static int32_t any_zero_copy(uint64_t stream)
{
    static uint16_t pixels[PIXELS];
    void* address;
    uint64_t tokens[4], bytes;
    int32_t slot, count;
    omz_frame frame = OMZ_FRAME_INIT;
    frame.pixels = draw(9) == 0 ? 0 : pixels;
    frame.size_bytes = draw(9) == 0 ? 5 : FRAME_BYTES;
    switch (draw(6)) {
    case 0:
        return omz_list_slots(stream, &address, (int32_t)draw(3) - 1, &bytes);
    case 1:
        return omz_acquire_slot(stream, (int32_t)draw(2), &address, draw(2) == 0 ? 0 : &bytes, &slot);
    case 2:
        return omz_commit_slot(stream, (int32_t)draw(8) - 1, draw(2) == 0 ? 0 : &frame);
    case 3:
        return omz_cancel_slot(stream, (int32_t)draw(8) - 1);
    case 4:
        return omz_poll_released(stream, tokens, (int32_t)draw(5), (int32_t)draw(2), &count);
    default:
        return omz_append_borrowed(stream, &frame, draw(100));
    }
}

static int32_t any_call(uint64_t* slot)
{
    static const char* const texts[] = {"lab", "ome", "", "{}", "[1, 2]", "{", "\xFF\xFE", "nested/name", "null"};
    omz_stats stats = OMZ_STATS_INIT;
    char text[2048];
    double progress;
    int32_t status;
    if (draw(3) == 0) {
        uint64_t array = any_handle(*slot);
        return array != *slot ? any_call(&array) : omz_append_frame_to(*slot, draw(9) == 0 ? 0 : "b", text, draw(9) == 0 ? 5 : 0);
    }
    switch (draw(15)) {
    case 0:
        return draw(2) == 0 ? omz_set_metadata(*slot, texts[draw(9)], texts[draw(9)])
                            : omz_set_image_metadata(*slot, texts[draw(9)], texts[draw(9)], texts[draw(9)]);
    case 1:
        return omz_skip_frames(*slot, draw(5));
    case 2:
        return omz_flush(*slot, (int32_t)draw(4) - 2);
    case 3:
        return omz_finalize_begin(*slot);
    case 4:
        return omz_finalize_poll(*slot, (int32_t)draw(3) - 1, draw(2) == 0 ? 0 : &progress);
    case 5:
        return omz_get_stats(*slot, draw(9) == 0 ? 0 : &stats);
    case 6:
        return omz_get_stats_json(*slot, text, (int32_t)draw(sizeof text));
    case 7:
        return omz_stream_error(*slot, text, (int32_t)draw(sizeof text));
    case 8:
        status = draw(2) == 0 ? omz_finalize(*slot) : omz_abort(*slot);
        if (draw(2) == 0)
            *slot = 0;
        return status;
    case 9:
    case 10:
    case 11:
        return any_zero_copy(*slot);
    default:
        return any_append(*slot);
    }
}

int main(int argc, char** argv)
{
    uint64_t streams[SLOTS] = {0};
    begin(argc, argv);
    for (int call = 0; call < CALLS; call++) {
        int slot = (int)draw(SLOTS);
        int32_t alive;
        omz_stats stats = OMZ_STATS_INIT;
        check_known(any_call(&streams[slot]));
        alive = omz_get_stats(streams[slot], &stats);
        if (alive == OMZ_E_INVALID_HANDLE && draw(4) == 0)
            streams[slot] = open_one(slot);
    }
    for (int slot = 0; slot < SLOTS; slot++)
        check_known(omz_abort(streams[slot]));
    return done();
}
