/*
 * progress.h - what the demo tells while it runs and when it is done.
 */
#ifndef DEMO_PROGRESS_H
#define DEMO_PROGRESS_H

#include "omezarr_native.h"

#include <stdint.h>

typedef struct progress {
    uint64_t frames;        /* of the whole acquisition                       */
    uint64_t frame_bytes;
    uint64_t started;       /* clock_ns() of the first append                 */
    uint64_t shown;         /* clock_ns() of the last line                    */
    uint64_t frames_shown;  /* frames at that time: rates are those since      */
    uint64_t bytes_shown;
    int in_place;           /* stdout is a terminal: one line, written again  */
} progress;

void progress_begin(progress* p, uint64_t frames, uint64_t frame_bytes);

/* Shows how far the stream is, when that was last shown long enough ago. Cheap to call for every frame. */
void progress_update(progress* p, uint64_t stream);

/* Ends the line that is written again. */
void progress_end(const progress* p);

/*
 * The summary after the last frame: layout_json is what omz_describe_layout gave, seconds the time from the first append to the
 * end of finalize.
 */
void summary_print(const char* layout_json, const omz_stats* stats, uint64_t late_frames, double seconds);

/* Where the dataset lies and how to look at it. */
void summary_print_how_to_open(const char* layout_json);

#endif
