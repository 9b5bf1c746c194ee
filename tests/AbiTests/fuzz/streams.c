/* The begin and the end of a stream, what is stored then, and rounds of several threads with streams of their own and one in common. */
#define _POSIX_C_SOURCE 200809L

#include "model.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 3, STREAMS = 3, CALLS = 400 };

void model_create(dice* d, stream* s, const char* name)
{
    char settings[4096];
    int64_t limit = 1 + (int64_t)draw(d, MOST_FRAMES);
    int32_t status;
    memset(s, 0, sizeof *s);
    snprintf(s->name, sizeof s->name, "%s", name);
    s->has_arrays = one_in(d, 3);
    s->cameras = s->has_arrays ? CAMERAS : 1;
    s->is_patient = one_in(d, 2);
    snprintf(settings, sizeof settings,
             "{\"root_path\": \"%s/%s.ome.zarr\", \"overwrite\": true, \"dtype\": \"uint16\", \"durability\": {\"fsync\": \"never\"}, "
             "\"pipeline\": {\"ring_frames\": %d, \"append_timeout_ms\": %d, \"workers\": %d}, \"dimensions\": [{\"name\": \"t\", \"count\": %d}, "
             "{\"name\": \"y\", \"count\": %d}, {\"name\": \"x\", \"count\": %d}]%s}",
             fuzz_scratch, name, RING, s->is_patient ? 600000 : 20, 1 + (int)draw(d, 2), (int)limit, MODEL_HEIGHT, MODEL_WIDTH,
             s->has_arrays ? ", \"arrays\": [{\"key\": \"a\"}, {\"key\": \"b\"}]" : "");
    status = omz_create(settings, &s->handle);
    check_answer("omz_create", status);
    FUZZ_CHECK(status == OMZ_OK && s->handle != 0, "%s: %d", settings, status);
    s->is_open = 1;
    for (int i = 0; i < s->cameras; i++) {
        s->camera[i].limit = limit;
        s->camera[i].handle = s->handle;
        FUZZ_CHECK(!s->has_arrays || omz_array_stream(s->handle, i == 0 ? "a" : "b", &s->camera[i].handle) == OMZ_OK, "no array");
    }
}

void check_stored(const stream* s)
{
    for (int i = 0; i < s->cameras; i++)
        for (int64_t frame = 0; frame < s->camera[i].limit; frame++) {
            uint16_t expected[MODEL_BYTES / 2], stored[MODEL_BYTES];
            char path[4096];
            size_t bytes;
            FILE* file;
            snprintf(path, sizeof path, "%s/%s.ome.zarr/%s0/c/%d/0/0", fuzz_scratch, s->name, !s->has_arrays ? "" : i == 0 ? "a/" : "b/", (int)frame);
            file = fopen(path, "rb");
            FUZZ_CHECK((file != NULL) == (s->camera[i].taken[frame] == 1), "frame %d of %s is %s", (int)frame, path, file != NULL ? "stored" : "not stored");
            if (file == NULL)
                continue;
            bytes = fread(stored, 1, sizeof stored, file);
            fclose(file);
            model_pixels(expected, s->camera[i].seeds[frame]);
            FUZZ_CHECK(bytes == MODEL_BYTES && memcmp(stored, expected, MODEL_BYTES) == 0, "other pixels in %s", path);
        }
}

/* Every token comes back, and then nothing. */
static void take_all_back(const stream* s, camera* l)
{
    uint64_t tokens[16];
    int32_t count = 0, status;
    while ((status = omz_poll_released(l->handle, tokens, 16, -1, &count)) == OMZ_OK)
        for (int32_t i = 0; i < count; i++) {
            FUZZ_CHECK(tokens[i] < l->next_token && l->is_out[tokens[i]], "token %llu of %s came back twice", (unsigned long long)tokens[i], s->name);
            l->is_out[tokens[i]] = 0;
            l->out_count--;
        }
    FUZZ_CHECK(status == OMZ_E_INVALID_HANDLE && l->out_count == 0, "%llu tokens of %s are missing: %d", (unsigned long long)l->out_count, s->name, status);
}

void model_end(dice* d, stream* s)
{
    int lost = 0, abort = one_in(d, 4);
    int32_t status;
    for (int i = 0; i < s->cameras; i++)
        lost |= s->camera[i].owned_count > 0;
    if (abort && one_in(d, 2)) {
        status = omz_abort_begin(s->handle);
        FUZZ_CHECK(status == OMZ_OK, "omz_abort_begin of %s: %d", s->name, status);
        status = omz_finalize_poll(s->handle, -1, 0);
        check_answer("omz_finalize_poll", status);
        FUZZ_CHECK(status == OMZ_E_FINALIZED || status == OMZ_E_SLOTS_LOST || (status == OMZ_OK && s->is_ending), "an abort of %s: %d", s->name, status);
    } else if (abort) {
        status = omz_abort(s->handle);
        FUZZ_CHECK(status == OMZ_OK, "omz_abort of %s: %d", s->name, status);
    } else {
        status = omz_finalize(s->handle);
        check_answer("omz_finalize", status);
        FUZZ_CHECK(status == (lost ? OMZ_E_SLOTS_LOST : OMZ_OK), "the end of %s with%s slots lost: %d", s->name, lost ? "" : "out", status);
    }
    s->is_open = s->is_ending = 0;
    FUZZ_CHECK(omz_finalize(s->handle) == OMZ_E_INVALID_HANDLE && omz_abort(s->handle) == OMZ_E_INVALID_HANDLE, "%s ended twice", s->name);
    for (int i = 0; i < s->cameras; i++) {
        take_all_back(s, &s->camera[i]);
        memset(s->camera[i].owned, 0, sizeof s->camera[i].owned); /* the end has taken them */
        s->camera[i].owned_count = 0;
    }
    if (!abort)
        check_stored(s);
}

typedef struct {
    uint64_t seed, round, number;
    const stream* common;
} part;

/* A stream that all threads use at once: what comes of it is anybody's, but it is an answer. */
static void disturb(dice* d, const stream* common)
{
    static const uint16_t pixels[MODEL_BYTES / 2];
    uint64_t handle = common->camera[draw(d, (uint64_t)common->cameras)].handle, tokens[2];
    omz_stats stats = OMZ_STATS_INIT;
    int32_t slot, count;
    void* address;
    switch (draw(d, 7)) {
    case 0:
        check_answer("append", omz_append_frame(handle, pixels, MODEL_BYTES));
        break;
    case 1:
        if (omz_acquire_slot(handle, 0, &address, 0, &slot) == OMZ_OK)
            check_answer("a slot", one_in(d, 2) ? omz_commit_slot(handle, slot, 0) : omz_cancel_slot(handle, slot));
        break;
    case 2:
        check_answer("omz_flush", omz_flush(handle, 1));
        break;
    case 3:
        check_answer("omz_poll_released", omz_poll_released(handle, tokens, 2, 0, &count));
        break;
    case 4:
        check_answer("omz_set_metadata", omz_set_metadata(handle, "lab", "{\"a\": 1}"));
        break;
    case 5:
        check_answer("omz_cancel_slot", omz_cancel_slot(handle, (int32_t)draw(d, RING)));
        break;
    default:
        check_answer("omz_get_stats", omz_get_stats(handle, &stats));
        break;
    }
}

static void* play(void* argument)
{
    const part* p = argument;
    dice d = dice_of(p->seed ^ (p->number + 1) * 0x1234567, p->round);
    stream streams[STREAMS];
    memset(streams, 0, sizeof streams);
    for (int i = 0; i < STREAMS; i++) {
        char name[32];
        snprintf(name, sizeof name, "t%d-s%d", (int)p->number, i);
        model_create(&d, &streams[i], name);
    }
    for (int call = 0; call < CALLS; call++) {
        stream* s = &streams[draw(&d, STREAMS)];
        model_call(&d, s);
        if (s->is_open && one_in(&d, 150))
            model_end(&d, s);
        if (p->common != NULL && one_in(&d, 4))
            disturb(&d, p->common);
    }
    for (int i = 0; i < STREAMS; i++)
        if (streams[i].is_open)
            model_end(&d, &streams[i]);
    return 0;
}

void fuzz_calls(dice* d, uint64_t seed)
{
    pthread_t threads[THREADS];
    part parts[THREADS];
    stream common;
    int32_t status;
    uint64_t round = d->state;
    model_create(d, &common, "common");
    for (int i = 0; i < THREADS; i++) {
        parts[i] = (part){seed, round, (uint64_t)i, &common};
        FUZZ_CHECK(pthread_create(&threads[i], 0, play, &parts[i]) == 0, "no thread");
    }
    for (int i = 0; i < THREADS; i++)
        FUZZ_CHECK(pthread_join(threads[i], 0) == 0, "no end of a thread");
    status = omz_finalize(common.handle);
    check_answer("omz_finalize", status);
    /* a commit that is refused, since another thread appends, leaves its slot with the caller */
    FUZZ_CHECK(status == OMZ_OK || status == OMZ_E_SLOTS_LOST, "the end of the common stream: %d", status);
}
