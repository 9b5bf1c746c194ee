/* Any JSON with a frame: kept or left out as a second reader says; the frame is taken in any case. */
#define _POSIX_C_SOURCE 200809L

#include "fuzz.h"

#include <stdio.h>
#include <string.h>

enum { FRAMES = 200 };

static int32_t append(dice* d, uint64_t stream, const char* json)
{
    static unsigned char pixels[16];
    omz_frame frame = OMZ_FRAME_INIT;
    void* slot_pixels;
    int32_t slot, status;
    frame.pixels = pixels;
    frame.size_bytes = sizeof pixels;
    frame.metadata_json = json;
    switch (draw(d, 3)) {
    case 0:
        return omz_append_frame_meta(stream, pixels, sizeof pixels, json);
    case 1:
        return omz_append_frame_ex(stream, &frame);
    default:
        status = omz_acquire_slot(stream, -1, &slot_pixels, 0, &slot);
        FUZZ_CHECK(status == OMZ_OK, "no slot: %d", status);
        frame.pixels = 0;
        status = omz_commit_slot(stream, slot, &frame);
        return status;
    }
}

void fuzz_metadata(dice* d, const corpus* c)
{
    char settings[4096];
    omz_stats stats = OMZ_STATS_INIT;
    uint64_t stream = 0, taken = 0, lost = 0;
    text json = {0, 0, 0};
    int32_t status;
    snprintf(settings, sizeof settings,
             "{\"root_path\": \"%s/metadata.ome.zarr\", \"overwrite\": true, \"dtype\": \"uint8\", \"durability\": {\"fsync\": \"never\"}, "
             "\"dimensions\": [{\"name\": \"t\"}, {\"name\": \"y\", \"count\": 4}, {\"name\": \"x\", \"count\": 4}]}",
             fuzz_scratch);
    status = omz_create(settings, &stream);
    check_answer("omz_create", status);
    FUZZ_CHECK(status == OMZ_OK, "create: %d", status);
    for (int i = 0; i < FRAMES; i++) {
        const text* base = &c->documents[draw(d, c->count)];
        json_verdict verdict;
        text_set(&json, base->bytes, base->length);
        mutate(d, c, &json);
        verdict = judge_frame_json(json.bytes);
        status = append(d, stream, json.bytes);
        check_answer("append with metadata", status);
        FUZZ_CHECK(status == OMZ_OK || status == OMZ_FRAME_METADATA_LOST, "%d for %s", status, json.bytes);
        FUZZ_CHECK(verdict != JSON_MUST_BE_TAKEN || status == OMZ_OK, "lost: %s", json.bytes);
        FUZZ_CHECK(verdict != JSON_MUST_BE_LOST || status == OMZ_FRAME_METADATA_LOST, "taken: %s", json.bytes);
        taken++;
        lost += status == OMZ_FRAME_METADATA_LOST;
        FUZZ_CHECK(omz_get_stats(stream, &stats) == OMZ_OK && stats.frames_appended == taken && stats.frames_metadata_lost == lost,
                   "%llu frames of %llu, %llu without metadata of %llu", (unsigned long long)stats.frames_appended,
                   (unsigned long long)taken, (unsigned long long)stats.frames_metadata_lost, (unsigned long long)lost);
    }
    status = omz_finalize(stream);
    FUZZ_CHECK(status == OMZ_OK, "finalize: %d", status);
    text_free(&json);
}
