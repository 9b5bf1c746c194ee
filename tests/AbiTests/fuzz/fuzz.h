/*
 * fuzz.h - what the parts of the fuzzer share. A run is a seed and as many rounds as fit into a time; each round draws from its own
 * numbers, so that any round can be played again alone.
 */
#ifndef ABI_TESTS_FUZZ_H
#define ABI_TESTS_FUZZ_H

#include "omezarr_native.h"

#include <stddef.h>
#include <stdint.h>

/* Random numbers of a thread. */
typedef struct {
    uint64_t state;
} dice;

dice dice_of(uint64_t seed, uint64_t round);
uint64_t draw(dice* d, uint64_t below);
int one_in(dice* d, uint64_t n);

/* A text that grows; always closed with 0. */
typedef struct {
    char* bytes;
    size_t length, capacity;
} text;

void text_set(text* t, const char* bytes, size_t length);
void text_replace(text* t, size_t at, size_t removed, const char* bytes, size_t length);
void text_add(text* t, const char* bytes);
void text_free(text* t);

/* Documents to begin with, and every token that is in one. */
typedef struct {
    text* documents;
    size_t count;
    text* tokens;
    size_t token_count;
} corpus;

corpus read_corpus(const char* folder);

/* Changes a document here and there, by tokens of the corpus or by bytes. */
void mutate(dice* d, const corpus* c, text* document);

/* The first token at or after a place: where it begins and how long it is; 0 at the end. */
size_t next_token(const text* t, size_t* at);

/* What a strict reader of a frame's JSON has to say of it. */
typedef enum { JSON_MUST_BE_TAKEN, JSON_MUST_BE_LOST, JSON_MAY_BE_EITHER } json_verdict;

json_verdict judge_frame_json(const char* bytes);

/* Where streams of the fuzzer write. */
extern const char* fuzz_scratch;

/* A round of each kind. */
void fuzz_settings(dice* d, const corpus* c);
void fuzz_metadata(dice* d, const corpus* c);
void fuzz_calls(dice* d, uint64_t seed);

/* Ends the process with what is wrong; the parent adds how to play it again. */
#define FUZZ_CHECK(condition, ...) fuzz_check((condition) != 0, __FILE__, __LINE__, #condition, __VA_ARGS__)
void fuzz_check(int holds, const char* file, int line, const char* condition, const char* format, ...);

/* The status is a code of the header, and no defect; a message of a refusal is a sentence and no stack trace. */
void check_answer(const char* call, int32_t status);

#endif
