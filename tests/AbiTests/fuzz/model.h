/*
 * model.h - what a caller knows of a stream from the header alone: enough to say which answers a call can have. A call that violates
 * nothing must succeed; one that violates something must name one of the things that it violates.
 */
#ifndef ABI_TESTS_FUZZ_MODEL_H
#define ABI_TESTS_FUZZ_MODEL_H

#include "fuzz.h"

enum { RING = 8, MOST_FRAMES = 64, CAMERAS = 2, MOST_TOKENS = 4096, MODEL_HEIGHT = 4, MODEL_WIDTH = 6, MODEL_BYTES = 2 * MODEL_HEIGHT * MODEL_WIDTH };

/* Where frames go: a stream without arrays, or an array of one. */
typedef struct {
    uint64_t handle;
    int64_t next, limit;               /* limit: frames of the declared shape */
    int taken[MOST_FRAMES];            /* 1: appended, 2: skipped */
    uint64_t seeds[MOST_FRAMES];       /* of the pixels of each */
    uint64_t appended, skipped;
    int owned[RING], owned_count;      /* slots that are the caller's */
    void* addresses[RING];             /* of those */
    uint8_t is_out[MOST_TOKENS];       /* tokens that must come back once */
    uint64_t out_count, next_token;
} camera;

typedef struct {
    char name[32];
    uint64_t handle;
    int is_open, is_ending, is_patient, has_arrays, cameras;
    camera camera[CAMERAS];
} stream;

/* Answers that a call may have. */
typedef struct {
    int32_t status[16];
    int count;
} answers;

void may(answers* a, int32_t status);
void may_if(answers* a, int violated, int32_t status);

/* The answer is one of those; with none noted, it is OMZ_OK. */
void check_among(const char* call, const stream* s, const answers* a, int32_t status);

/* Pixels of a seed. */
void model_pixels(uint16_t* pixels, uint64_t seed);

/* After a finalize that succeeded: the stored frames are those that were taken, and no others. */
void check_stored(const stream* s);

/* One call drawn at random, or one that begins or ends a stream. */
void model_call(dice* d, stream* s);
void model_create(dice* d, stream* s, const char* name);
void model_end(dice* d, stream* s);

#endif
