/* The statistics add up, in the struct and as JSON, and memory stays within the estimate. */
#include "support.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t json_number(const char* json, const char* key)
{
    char quoted[64];
    const char* found;
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    found = strstr(json, quoted);
    if (found == 0)
        printf("%s is missing in %s\n", key, json);
    CHECK(found != 0);
    return strtoull(found + strlen(quoted), 0, 10);
}

int main(int argc, char** argv)
{
    static const char* const keys[] = {
        "active_workers", "frames_appended", "frames_encoded", "frames_written", "frames_skipped", "frames_dropped",
        "bytes_in", "bytes_out", "chunks_written", "ring_capacity", "ring_occupancy", "ring_high_water", "ring_waits",
        "ring_wait_ns", "append_last_ns", "append_mean_ns", "append_p50_ns", "append_p99_ns", "append_max_ns",
        "memory_bytes", "errors", "managed_bytes_allocated", "gc_collections",
        "frames_borrowed", "borrowed_held", "borrowed_capacity",
        "free_bytes", "seconds_left", "bytes_to_come", "frames_metadata_lost", "next_frame",
    };
    char json[4096];
    uint64_t stream, estimate = 0;
    int32_t size;
    omz_stats s = OMZ_STATS_INIT;
    const char* settings;
    begin(argc, argv);
    settings = settings_of("stats", 30, ", \"pipeline\": {\"workers\": 2, \"ring_frames\": 8}");
    CHECK_STATUS(omz_estimate_memory(settings, &estimate), OMZ_OK);
    stream = create(settings);
    CHECK_STATUS(omz_get_stats(stream, &s), OMZ_OK);
    CHECK(s.frames_appended == 0 && s.bytes_in == 0 && s.append_max_ns == 0 && s.ring_capacity == 8);
    CHECK(s.memory_bytes > 0 && s.memory_bytes <= estimate);

    for (uint64_t i = 0; i < 20; i++)
        CHECK_STATUS(append_seed(stream, i), OMZ_OK);
    CHECK_STATUS(omz_skip_frames(stream, 5), OMZ_OK);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_OK);
    CHECK_STATUS(omz_get_stats(stream, &s), OMZ_OK);
    CHECK(s.struct_size == sizeof s);
    CHECK(s.frames_appended == 20 && s.frames_skipped == 5 && s.frames_dropped == 0 && s.errors == 0);
    CHECK(s.next_frame == 25);
    CHECK(s.frames_encoded == 20 && s.frames_written == 20);
    CHECK(s.bytes_in == 20 * FRAME_BYTES && s.bytes_out == 20 * FRAME_BYTES && s.chunks_written == 20);
    CHECK(s.ring_occupancy == 0 && s.ring_high_water >= 1 && s.ring_high_water <= 8);
    CHECK(s.append_last_ns > 0 && s.append_p50_ns > 0 && s.append_mean_ns > 0);
    CHECK(s.append_p50_ns <= s.append_p99_ns && s.append_p99_ns <= s.append_max_ns);
    CHECK(s.append_last_ns <= s.append_max_ns && s.append_mean_ns <= s.append_max_ns);
    CHECK(s.active_workers <= 2 && s.memory_bytes <= estimate);

    size = omz_get_stats_json(stream, json, (int32_t)sizeof json);
    CHECK(size == (int32_t)strlen(json) + 1);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        json_number(json, keys[i]);
    CHECK(json_number(json, "frames_appended") == 20 && json_number(json, "bytes_in") == 20 * FRAME_BYTES);
    CHECK(json_number(json, "append_max_ns") == s.append_max_ns);
    CHECK(s.managed_bytes_allocated > 0 && json_number(json, "managed_bytes_allocated") >= s.managed_bytes_allocated);
    CHECK(json_number(json, "gc_collections") >= s.gc_collections);

    /* A caller that was compiled before the struct grew gets what it knows, and not a byte more. */
    memset(&s, 0xab, sizeof s);
    s.struct_size = (uint32_t)offsetof(omz_stats, managed_bytes_allocated);
    CHECK_STATUS(omz_get_stats(stream, &s), OMZ_OK);
    CHECK(s.struct_size == offsetof(omz_stats, managed_bytes_allocated) && s.frames_appended == 20 && s.errors == 0);
    CHECK(s.managed_bytes_allocated == UINT64_C(0xabababababababab) && s.gc_collections == UINT64_C(0xabababababababab));
    s.struct_size--;
    CHECK_STATUS(omz_get_stats(stream, &s), OMZ_E_STRUCT_SIZE);
    s.struct_size = (uint32_t)sizeof s;
    CHECK_STATUS(omz_get_stats(stream, &s), OMZ_OK);
    CHECK(s.free_bytes > 0 && s.free_bytes != OMZ_UNKNOWN);
    CHECK(s.bytes_to_come <= 30 * FRAME_BYTES);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);

    /* An acquisition larger than any disk: begun, if nobody asks for room; refused, and nothing left, if somebody does. */
    stream = create(large_settings_of("larger", 2000000000, 1 << 12, 1 << 12, 1, ""));
    CHECK_STATUS(omz_get_stats(stream, &s), OMZ_OK);
    CHECK(s.bytes_to_come == UINT64_C(2000000000) * (1 << 25) && s.bytes_to_come > s.free_bytes);
    CHECK_STATUS(omz_abort(stream), OMZ_OK);
    settings = large_settings_of("refused", 2000000000, 1 << 12, 1 << 12, 1, ", \"store\": {\"free_space\": \"require\"}");
    CHECK_STATUS(omz_create(settings, &stream), OMZ_E_NO_SPACE);
    CHECK(!exists("refused.ome.zarr"));
    stream = create(large_settings_of("unbounded", 0, 8, 8, 1, ", \"store\": {\"free_space\": \"require\"}"));
    CHECK_STATUS(omz_get_stats(stream, &s), OMZ_OK);
    CHECK(s.bytes_to_come == OMZ_UNKNOWN && s.free_bytes != OMZ_UNKNOWN);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    return done();
}
