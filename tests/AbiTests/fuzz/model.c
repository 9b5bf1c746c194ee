/* The calls of one stream, each with the answers that it may have. */
#define _POSIX_C_SOURCE 200809L

#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void may(answers* a, int32_t status)
{
    a->status[a->count++] = status;
}

void may_if(answers* a, int violated, int32_t status)
{
    if (violated)
        may(a, status);
}

void check_among(const char* call, const stream* s, const answers* a, int32_t status)
{
    char expected[512] = "";
    int holds = a->count == 0 && status == OMZ_OK;
    check_answer(call, status);
    for (int i = 0; i < a->count; i++) {
        holds |= a->status[i] == status;
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), " %s", omz_status_name(a->status[i]));
    }
    FUZZ_CHECK(holds, "%s of %s (open %d, ending %d, arrays %d): %s, expected%s", call, s->name, s->is_open, s->is_ending, s->has_arrays,
               omz_status_name(status), a->count == 0 ? " OMZ_OK" : expected);
}

void model_pixels(uint16_t* pixels, uint64_t seed)
{
    dice d = dice_of(seed, 0);
    for (int i = 0; i < MODEL_HEIGHT * MODEL_WIDTH; i++)
        pixels[i] = (uint16_t)draw(&d, 65536);
}

/* A handle for a call of frames: the camera's own, or something else. */
static uint64_t handle_for_frames(dice* d, const stream* s, const camera* l, answers* a)
{
    if (one_in(d, 40)) {
        static const uint64_t wrong[] = {0, 1, UINT64_MAX, 0x10000};
        may(a, OMZ_E_INVALID_HANDLE);
        return one_in(d, 2) ? wrong[draw(d, 4)] : s->handle ^ (UINT64_C(1) << 62); /* of a generation that is far away */
    }
    may_if(a, !s->is_open, OMZ_E_INVALID_HANDLE);
    if (s->has_arrays && one_in(d, 20)) {
        may(a, OMZ_E_INVALID_ARGUMENT);
        return s->handle;
    }
    return l->handle;
}

/* An index, and what is wrong with it. */
static int64_t any_index(dice* d, const camera* l, answers* a)
{
    int64_t given = one_in(d, 3) ? (int64_t)draw(d, (uint64_t)l->limit + 2) : one_in(d, 50) ? (one_in(d, 2) ? INT64_MAX : -2) : -1;
    int64_t index = given == -1 ? l->next : given;
    if (given < -1)
        may(a, OMZ_E_FRAME_INDEX);
    else if (index >= l->limit)
        may(a, OMZ_E_TOO_MANY_FRAMES);
    else
        may_if(a, l->taken[index], OMZ_E_FRAME_INDEX);
    return given;
}

static void count_taken(camera* l, int64_t given, uint64_t seed)
{
    int64_t index = given == -1 ? l->next : given;
    l->taken[index] = 1;
    l->seeds[index] = seed;
    l->next = index + 1;
    l->appended++;
}

/* Last of all. A stream without patience may have none on a busy machine either; with every slot the caller's own it waits in vain. */
static void may_wait_in_vain(const stream* s, const camera* l, answers* a)
{
    may_if(a, a->count == 0 && !s->is_patient && l->owned_count < RING, OMZ_OK);
    may_if(a, !s->is_patient, OMZ_E_TIMEOUT);
}

static void call_append(dice* d, stream* s, camera* l)
{
    uint16_t pixels[2 * MODEL_HEIGHT * MODEL_WIDTH];
    uint64_t seed = draw(d, UINT64_MAX), size = MODEL_BYTES;
    answers a = {{0}, 0};
    omz_frame frame = OMZ_FRAME_INIT;
    uint64_t handle = handle_for_frames(d, s, l, &a);
    const void* given = pixels;
    int plain = one_in(d, 3);
    int32_t status;
    if (s->is_patient && l->owned_count == RING)
        return; /* would wait for the caller, which is here */
    memset(pixels, 0, sizeof pixels);
    model_pixels(pixels, seed);
    may_if(&a, s->is_ending, OMZ_E_FINALIZED);
    if (one_in(d, 30))
        given = 0, may(&a, OMZ_E_INVALID_ARGUMENT);
    if (one_in(d, 20)) {
        static const uint64_t wrong[] = {0, 1, MODEL_BYTES - 1, MODEL_BYTES + 1, 2 * MODEL_BYTES, UINT64_MAX};
        size = wrong[draw(d, 6)];
        may(&a, OMZ_E_FRAME_SIZE);
    }
    frame.pixels = given;
    frame.size_bytes = size;
    frame.index = -1;
    if (plain) {
        int by_key = s->has_arrays && one_in(d, 2) && handle == l->handle;
        may_if(&a, l->next >= l->limit, OMZ_E_TOO_MANY_FRAMES);
        may_if(&a, l->next < l->limit && l->taken[l->next], OMZ_E_FRAME_INDEX);
        may_wait_in_vain(s, l, &a);
        status = by_key ? omz_append_frame_to(s->handle, l == s->camera ? "a" : "b", given, size) : omz_append_frame(handle, given, size);
    } else {
        frame.index = any_index(d, l, &a);
        if (one_in(d, 30)) {
            static const uint32_t wrong[] = {0, 1, 47, 49, sizeof(omz_frame) + 1, UINT32_MAX};
            frame.struct_size = wrong[draw(d, 6)];
            may(&a, OMZ_E_STRUCT_SIZE);
        }
        if (one_in(d, 30)) {
            frame.flags = one_in(d, 2) ? 64u : OMZ_FRAME_HAS_POSITION_X;
            frame.position_x = frame.flags == 64u ? 0.0 : -1.0 / (double)draw(d, 1); /* not finite */
            may(&a, frame.flags == 64u ? OMZ_E_INVALID_ARGUMENT : OMZ_FRAME_METADATA_LOST);
        }
        if (one_in(d, 20)) {
            static const char* const lost[] = {"", "[]", "{", "{\"delta_t\": \"x\"}"};
            if (one_in(d, 2))
                frame.metadata_json = "{\"n\": [1, {\"m\": null}]}";
            else
                frame.metadata_json = lost[draw(d, 4)], may(&a, OMZ_FRAME_METADATA_LOST);
        }
        if (one_in(d, 100)) {
            may(&a, OMZ_E_INVALID_ARGUMENT);
            status = omz_append_frame_ex(handle, 0);
        } else {
            may_wait_in_vain(s, l, &a);
            status = one_in(d, 2) ? omz_append_frame_ex(handle, &frame) : omz_append_frame_wait(handle, &frame, s->is_patient ? -1 : 10);
        }
    }
    check_among("append", s, &a, status);
    if (status == OMZ_OK || status == OMZ_FRAME_METADATA_LOST)
        count_taken(l, frame.index, seed);
}

static void call_borrow(dice* d, stream* s, camera* l)
{
    /* never written again: any frame may still be read there */
    static uint16_t lent[16][MODEL_HEIGHT * MODEL_WIDTH];
    uint64_t seed = draw(d, 16);
    answers a = {{0}, 0};
    omz_frame frame = OMZ_FRAME_INIT;
    uint64_t handle = handle_for_frames(d, s, l, &a);
    int32_t status;
    if (l->next_token == MOST_TOKENS)
        return;
    model_pixels(lent[seed], seed);
    frame.pixels = lent[seed];
    frame.size_bytes = MODEL_BYTES;
    frame.index = any_index(d, l, &a);
    may_if(&a, s->is_ending, OMZ_E_FINALIZED);
    status = omz_append_borrowed(handle, &frame, l->next_token);
    check_among("omz_append_borrowed", s, &a, status);
    if (status != OMZ_OK)
        return;
    count_taken(l, frame.index, seed);
    l->is_out[l->next_token++] = 1;
    l->out_count++;
}

static void take_back(const stream* s, camera* l, const uint64_t* tokens, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        FUZZ_CHECK(tokens[i] < l->next_token && l->is_out[tokens[i]], "token %llu of %s came back twice", (unsigned long long)tokens[i], s->name);
        l->is_out[tokens[i]] = 0;
        l->out_count--;
    }
}

static void call_poll(dice* d, stream* s, camera* l)
{
    uint64_t tokens[4];
    int32_t count = 0, capacity = (int32_t)draw(d, 6) - 1, timeout = (int32_t)draw(d, 4) - 2, status;
    answers a = {{0}, 0};
    if (timeout == -1 && l->out_count == 0)
        timeout = 0; /* nothing could come, for ever */
    may_if(&a, capacity < 1 || timeout < -1, OMZ_E_INVALID_ARGUMENT);
    if (capacity > 4)
        capacity = 4;
    may_if(&a, l->out_count == 0 && !s->is_open, OMZ_E_INVALID_HANDLE);
    may_if(&a, l->out_count == 0 && s->is_ending, OMZ_E_INVALID_HANDLE); /* it may have ended by now */
    may_if(&a, l->out_count == 0 || (timeout >= 0 && s->is_open), OMZ_E_TIMEOUT);
    may_if(&a, a.count > 0 && l->out_count > 0 && capacity >= 1 && timeout >= -1, OMZ_OK);
    status = omz_poll_released(l->handle, tokens, capacity, timeout, &count);
    check_among("omz_poll_released", s, &a, status);
    if (status == OMZ_OK)
        take_back(s, l, tokens, count);
}

static int32_t any_slot(dice* d, const camera* l, answers* a)
{
    static const int32_t wrong[] = {-1, RING, INT32_MAX, INT32_MIN};
    int32_t slot = one_in(d, 30) ? wrong[draw(d, 4)] : (int32_t)draw(d, RING);
    may_if(a, slot < 0 || slot >= RING || !l->owned[slot], OMZ_E_SLOT);
    return slot;
}

static void call_acquire(dice* d, stream* s, camera* l)
{
    answers a = {{0}, 0};
    uint64_t handle = handle_for_frames(d, s, l, &a), bytes = 0;
    int32_t slot = -7, timeout = l->owned_count == RING ? (int32_t)draw(d, 3) : (int32_t)draw(d, 4) - 2, status;
    void* pixels = 0;
    int no_slot = one_in(d, 30);
    may_if(&a, no_slot || timeout < -1, OMZ_E_INVALID_ARGUMENT);
    may_if(&a, s->is_ending, OMZ_E_FINALIZED);
    may_if(&a, timeout >= 0, OMZ_E_TIMEOUT);
    may_if(&a, a.count == 1 && timeout >= 0 && l->owned_count < RING, OMZ_OK);
    status = omz_acquire_slot(handle, timeout, &pixels, one_in(d, 2) ? &bytes : 0, no_slot ? 0 : &slot);
    check_among("omz_acquire_slot", s, &a, status);
    if (status != OMZ_OK)
        return;
    FUZZ_CHECK(slot >= 0 && slot < RING && !l->owned[slot], "slot %d of %s was given out twice", slot, s->name);
    FUZZ_CHECK(pixels != 0 && (bytes == 0 || bytes >= MODEL_BYTES), "%llu bytes at %p", (unsigned long long)bytes, pixels);
    memset(pixels, 0xA5, MODEL_BYTES);
    l->owned[slot] = 1;
    l->owned_count++;
    l->addresses[slot] = pixels;
}

static void call_commit(dice* d, stream* s, camera* l)
{
    answers a = {{0}, 0};
    omz_frame frame = OMZ_FRAME_INIT;
    uint64_t handle = handle_for_frames(d, s, l, &a), seed = draw(d, UINT64_MAX);
    int32_t slot = any_slot(d, l, &a), status;
    int bare = one_in(d, 2), is_own = slot >= 0 && slot < RING && l->owned[slot];
    if (is_own && s->is_open)
        model_pixels(l->addresses[slot], seed);
    may_if(&a, s->is_ending, OMZ_E_FINALIZED);
    frame.size_bytes = MODEL_BYTES;
    if (bare) {
        may_if(&a, l->next >= l->limit, OMZ_E_TOO_MANY_FRAMES);
        may_if(&a, l->next < l->limit && l->taken[l->next], OMZ_E_FRAME_INDEX);
    } else {
        frame.index = any_index(d, l, &a);
        if (one_in(d, 30)) {
            frame.size_bytes = 5;
            may(&a, OMZ_E_FRAME_SIZE);
        }
        if (one_in(d, 20)) { /* elsewhere, where a sum of address and size may wrap */
            static const uintptr_t wrong[] = {1, UINTPTR_MAX, UINTPTR_MAX - 4, UINTPTR_MAX - 4096};
            frame.pixels = one_in(d, 2) ? (void*)wrong[draw(d, 4)] : (void*)&frame;
            may(&a, OMZ_E_FRAME_SIZE);
        }
    }
    status = omz_commit_slot(handle, slot, bare ? 0 : &frame);
    check_among("omz_commit_slot", s, &a, status);
    if (status != OMZ_OK)
        return;
    l->owned[slot] = 0;
    l->owned_count--;
    count_taken(l, bare ? -1 : frame.index, seed);
}

static void call_cancel(dice* d, stream* s, camera* l)
{
    answers a = {{0}, 0};
    uint64_t handle = handle_for_frames(d, s, l, &a);
    int32_t slot = any_slot(d, l, &a), status;
    may_if(&a, s->is_ending, OMZ_E_FINALIZED);
    status = omz_cancel_slot(handle, slot);
    check_among("omz_cancel_slot", s, &a, status);
    if (status == OMZ_OK) {
        l->owned[slot] = 0;
        l->owned_count--;
    }
}

static void call_skip(dice* d, stream* s, camera* l)
{
    answers a = {{0}, 0};
    uint64_t handle = handle_for_frames(d, s, l, &a);
    uint64_t count = one_in(d, 20) ? (one_in(d, 2) ? UINT64_MAX : (1u << 30) + 1) : draw(d, 4);
    int64_t taken_at = -1;
    int32_t status;
    may_if(&a, count == 0 || count > 1u << 30, OMZ_E_INVALID_ARGUMENT);
    may_if(&a, s->is_ending, OMZ_E_FINALIZED);
    if (count <= 1u << 30) {
        may_if(&a, l->next + (int64_t)count > l->limit, OMZ_E_TOO_MANY_FRAMES);
        for (int64_t i = l->next; i < l->next + (int64_t)count && i < l->limit && taken_at < 0; i++)
            if (l->taken[i])
                taken_at = i;
        may_if(&a, taken_at >= 0, OMZ_E_FRAME_INDEX);
    }
    status = omz_skip_frames(handle, count);
    check_among("omz_skip_frames", s, &a, status);
    if (status == OMZ_OK || status == OMZ_E_FRAME_INDEX) /* then those before the one that was taken are skipped */
        for (int64_t end = status == OMZ_OK ? l->next + (int64_t)count : taken_at; l->next < end; l->next++) {
            l->taken[l->next] = 2;
            l->skipped++;
        }
}

static void call_metadata(dice* d, stream* s, camera* l)
{
    static const struct {
        const char* text;
        int32_t status;
    } names[] = {{"lab", OMZ_OK}, {"ome", OMZ_E_RESERVED_NAME}, {"zarr", OMZ_E_RESERVED_NAME}, {"", OMZ_E_INVALID_ARGUMENT}, {"\xFF", OMZ_E_INVALID_ARGUMENT}, {0, OMZ_E_INVALID_ARGUMENT}},
      values[] = {{"{\"a\": 1e-5}", OMZ_OK}, {"null", OMZ_OK}, {"[[]]", OMZ_OK}, {"{", OMZ_E_INVALID_ARGUMENT}, {"\xFF", OMZ_E_INVALID_ARGUMENT}, {0, OMZ_E_INVALID_ARGUMENT}};
    answers a = {{0}, 0};
    uint64_t name = draw(d, one_in(d, 3) ? 6 : 1), value = draw(d, one_in(d, 3) ? 6 : 3);
    int32_t status;
    may_if(&a, !s->is_open, OMZ_E_INVALID_HANDLE);
    may_if(&a, names[name].status != OMZ_OK, names[name].status);
    may_if(&a, values[value].status != OMZ_OK, values[value].status);
    if (one_in(d, 2)) {
        int unknown = one_in(d, 10);
        may_if(&a, unknown, OMZ_E_INVALID_ARGUMENT);
        if (s->is_ending)
            may(&a, OMZ_E_FINALIZED), may(&a, OMZ_OK);
        status = omz_set_image_metadata(l->handle, unknown ? "no such" : s->has_arrays ? (l == s->camera ? "a" : "b") : "", names[name].text, values[value].text);
        check_among("omz_set_image_metadata", s, &a, status);
        return;
    }
    if (s->is_ending)
        may(&a, OMZ_E_FINALIZED), may(&a, OMZ_OK);
    status = omz_set_metadata(one_in(d, 2) ? s->handle : l->handle, names[name].text, values[value].text);
    check_among("omz_set_metadata", s, &a, status);
}

static void call_reason(dice* d, stream* s, camera* l)
{
    static const char* const good[] = {0, "", "why", "\xC2\xB5"};
    answers a = {{0}, 0};
    int bad = one_in(d, 8);
    may_if(&a, !s->is_open, OMZ_E_INVALID_HANDLE);
    may_if(&a, bad, OMZ_E_INVALID_ARGUMENT);
    may_if(&a, s->is_ending, OMZ_E_FINALIZED);
    check_among("omz_set_end_reason", s, &a, omz_set_end_reason(one_in(d, 2) ? s->handle : l->handle, bad ? "\xC2" : good[draw(d, 4)]));
}

static void call_stats(dice* d, stream* s, camera* l)
{
    omz_stats stats = OMZ_STATS_INIT;
    answers a = {{0}, 0};
    int small = one_in(d, 20), none = one_in(d, 30);
    int32_t status;
    may_if(&a, l->handle == 0, OMZ_E_INVALID_HANDLE); /* one that has ended still tells */
    may_if(&a, none, OMZ_E_INVALID_ARGUMENT);
    may_if(&a, small, OMZ_E_STRUCT_SIZE);
    if (small)
        stats.struct_size = (uint32_t)draw(d, 168);
    status = omz_get_stats(l->handle, none ? 0 : &stats);
    check_among("omz_get_stats", s, &a, status);
    if (status != OMZ_OK)
        return;
    FUZZ_CHECK(stats.frames_appended == l->appended && stats.frames_skipped == l->skipped && stats.frames_dropped == 0,
               "%llu appended and %llu skipped of %s, and %llu and %llu counted", (unsigned long long)l->appended, (unsigned long long)l->skipped,
               s->name, (unsigned long long)stats.frames_appended, (unsigned long long)stats.frames_skipped);
    FUZZ_CHECK(stats.frames_written <= stats.frames_appended && (stats.errors == 0 || s->is_ending || !s->is_open), "%llu errors", (unsigned long long)stats.errors);
}

static void call_texts(dice* d, stream* s, camera* l)
{
    char bytes[4096];
    int32_t capacity = (int32_t)draw(d, sizeof bytes + 1) - (one_in(d, 20) ? 5000 : 0), size;
    answers a = {{0}, 0};
    may_if(&a, l->handle == 0, OMZ_E_INVALID_HANDLE);
    may_if(&a, capacity < 0, OMZ_E_INVALID_ARGUMENT);
    size = one_in(d, 2) ? omz_get_stats_json(l->handle, bytes, capacity) : omz_stream_error(l->handle, bytes, capacity);
    if (a.count > 0)
        check_among("a text of a stream", s, &a, size);
    else
        FUZZ_CHECK(size > 0 && (capacity == 0 || strlen(bytes) < (size_t)(size < capacity ? size : capacity)), "a text of %d bytes", size);
}

static void call_handles(dice* d, stream* s, camera* l)
{
    void* addresses[RING + 2];
    uint64_t array = 0, bytes = 0;
    int32_t capacity = (int32_t)draw(d, RING + 4) - 2, status;
    answers a = {{0}, 0};
    if (one_in(d, 2)) {
        uint64_t handle = handle_for_frames(d, s, l, &a);
        may_if(&a, capacity < 0, OMZ_E_INVALID_ARGUMENT);
        status = omz_list_slots(handle, addresses, capacity, one_in(d, 2) ? &bytes : 0);
        if (a.count > 0)
            check_among("omz_list_slots", s, &a, status);
        else
            FUZZ_CHECK(status == RING, "%d slots of %s", status, s->name);
        return;
    }
    may_if(&a, !s->is_open, OMZ_E_INVALID_HANDLE);
    may_if(&a, !s->has_arrays, OMZ_E_INVALID_ARGUMENT);
    status = omz_array_stream(s->handle, l == s->camera ? "a" : "b", &array);
    check_among("omz_array_stream", s, &a, status);
    FUZZ_CHECK(status != OMZ_OK || array == l->handle, "another handle for the same array");
}

static void call_flush(dice* d, stream* s, camera* l)
{
    int32_t timeout = (int32_t)draw(d, 5) - 2;
    answers a = {{0}, 0};
    may_if(&a, !s->is_open, OMZ_E_INVALID_HANDLE);
    may_if(&a, timeout < -1, OMZ_E_INVALID_ARGUMENT);
    if (timeout >= 0 || s->is_ending) {
        may(&a, OMZ_E_TIMEOUT);
        may_if(&a, s->is_open && timeout >= -1, OMZ_OK);
        may_if(&a, s->is_ending, OMZ_E_SLOTS_LOST);
    }
    check_among("omz_flush", s, &a, omz_flush(one_in(d, 2) ? s->handle : l->handle, timeout));
}

/* The end, as far as it can be refused; nothing that is refused ends anything. */
static void call_end(dice* d, stream* s, camera* l)
{
    answers a = {{0}, 0};
    int32_t status, timeout = (int32_t)draw(d, 3) - 2;
    double progress = -1;
    uint64_t handle = s->has_arrays && one_in(d, 3) ? l->handle : s->handle;
    may_if(&a, !s->is_open, OMZ_E_INVALID_HANDLE);
    may_if(&a, handle != s->handle, OMZ_E_INVALID_ARGUMENT);
    if (one_in(d, 2) || (!s->is_ending && !one_in(d, 20))) {
        may_if(&a, !s->is_ending, OMZ_E_INVALID_ARGUMENT);
        if (s->is_ending && timeout != -2)
            timeout = -2; /* ends in model_end only */
        may_if(&a, timeout < -1, OMZ_E_INVALID_ARGUMENT);
        status = omz_finalize_poll(handle, timeout, &progress);
        check_among("omz_finalize_poll", s, &a, status);
        return;
    }
    status = omz_finalize_begin(handle);
    check_among("omz_finalize_begin", s, &a, status);
    s->is_ending |= status == OMZ_OK;
}

static void call_nothing_of_a_stream(dice* d, stream* s, camera* l)
{
    char bytes[64];
    int32_t size;
    (void)s;
    (void)l;
    memset(bytes, 0x7E, sizeof bytes);
    size = omz_last_error(bytes, (int32_t)draw(d, sizeof bytes - 1));
    FUZZ_CHECK(size >= 1 && bytes[sizeof bytes - 1] == 0x7E, "a last error of %d bytes", size);
    FUZZ_CHECK(omz_last_error(0, 5) == OMZ_E_INVALID_ARGUMENT && omz_last_error(bytes, -1) == OMZ_E_INVALID_ARGUMENT, "nowhere to write to");
    FUZZ_CHECK(omz_validate_settings(0) == OMZ_E_INVALID_ARGUMENT && omz_estimate_memory(0, 0) == OMZ_E_INVALID_ARGUMENT, "no settings");
    FUZZ_CHECK(omz_create(0, 0) == OMZ_E_INVALID_ARGUMENT && omz_set_log_callback(0, 9, 0) == OMZ_E_INVALID_ARGUMENT, "no settings");
    FUZZ_CHECK(omz_set_log_file("/", 1) == OMZ_E_INVALID_ARGUMENT && omz_status_name((int32_t)draw(d, UINT32_MAX)) != 0, "a folder as a log");
}

void model_call(dice* d, stream* s)
{
    static void (*const calls[])(dice*, stream*, camera*) = {
        call_append, call_append, call_append, call_append, call_borrow, call_borrow, call_poll, call_acquire, call_acquire, call_commit, call_commit,
        call_cancel, call_skip, call_metadata, call_reason, call_stats, call_texts, call_handles, call_flush, call_end, call_nothing_of_a_stream,
    };
    calls[draw(d, sizeof calls / sizeof calls[0])](d, s, &s->camera[draw(d, (uint64_t)s->cameras)]);
}
