/* Prints where the compiler puts each member of the header's structs: "struct member offset size", and "struct - size alignment". */
#include "omezarr_native.h"

#include <stddef.h>
#include <stdio.h>

#define STRUCT(type)                                                                                    \
    do {                                                                                                \
        struct aligned {                                                                                \
            char before;                                                                                \
            type value;                                                                                 \
        };                                                                                              \
        printf("%s - %u %u\n", #type, (unsigned)sizeof(type), (unsigned)offsetof(struct aligned, value)); \
    } while (0)
#define MEMBER(type, member) \
    printf("%s %s %u %u\n", #type, #member, (unsigned)offsetof(type, member), (unsigned)sizeof(((type*)0)->member))

int main(void)
{
    STRUCT(omz_frame);
    MEMBER(omz_frame, struct_size);
    MEMBER(omz_frame, flags);
    MEMBER(omz_frame, pixels);
    MEMBER(omz_frame, size_bytes);
    MEMBER(omz_frame, row_stride);
    MEMBER(omz_frame, index);
    MEMBER(omz_frame, metadata_json);
    MEMBER(omz_frame, delta_t);
    MEMBER(omz_frame, exposure_time);
    MEMBER(omz_frame, position_x);
    MEMBER(omz_frame, position_y);
    MEMBER(omz_frame, position_z);
    MEMBER(omz_frame, timestamp_ns);
    STRUCT(omz_stats);
    MEMBER(omz_stats, struct_size);
    MEMBER(omz_stats, active_workers);
    MEMBER(omz_stats, frames_appended);
    MEMBER(omz_stats, frames_encoded);
    MEMBER(omz_stats, frames_written);
    MEMBER(omz_stats, frames_skipped);
    MEMBER(omz_stats, frames_dropped);
    MEMBER(omz_stats, bytes_in);
    MEMBER(omz_stats, bytes_out);
    MEMBER(omz_stats, chunks_written);
    MEMBER(omz_stats, ring_capacity);
    MEMBER(omz_stats, ring_occupancy);
    MEMBER(omz_stats, ring_high_water);
    MEMBER(omz_stats, ring_waits);
    MEMBER(omz_stats, ring_wait_ns);
    MEMBER(omz_stats, append_last_ns);
    MEMBER(omz_stats, append_mean_ns);
    MEMBER(omz_stats, append_p50_ns);
    MEMBER(omz_stats, append_p99_ns);
    MEMBER(omz_stats, append_max_ns);
    MEMBER(omz_stats, memory_bytes);
    MEMBER(omz_stats, errors);
    MEMBER(omz_stats, managed_bytes_allocated);
    MEMBER(omz_stats, gc_collections);
    MEMBER(omz_stats, frames_borrowed);
    MEMBER(omz_stats, borrowed_held);
    MEMBER(omz_stats, borrowed_capacity);
    MEMBER(omz_stats, free_bytes);
    MEMBER(omz_stats, seconds_left);
    MEMBER(omz_stats, bytes_to_come);
    MEMBER(omz_stats, frames_metadata_lost);
    MEMBER(omz_stats, next_frame);
    return 0;
}
