/*
 * support.h - what the scenario programs share. Each program is one scenario: it gets a scratch folder as its argument, ends with
 * "ok" and status 0, or says which check failed, where, and what the library's last error was.
 */
#ifndef ABI_TESTS_SUPPORT_H
#define ABI_TESTS_SUPPORT_H

#include "omezarr_native.h"

#include <stddef.h>
#include <stdint.h>

/* Frames of the small streams. */
enum { HEIGHT = 32, WIDTH = 48, PIXELS = HEIGHT * WIDTH, FRAME_BYTES = PIXELS * 2 };

/* Takes the scratch folder from the command line. */
void begin(int argc, char** argv);

/* Prints "ok". */
int done(void);

/* Fails the program unless the condition holds. */
#define CHECK(condition) check_true((condition) != 0, #condition, __FILE__, __LINE__)

/* Fails the program unless the call's status is the expected one. */
#define CHECK_STATUS(call, expected) check_status((call), (expected), #call, __FILE__, __LINE__)

void check_true(int holds, const char* condition, const char* file, int line);
void check_status(int32_t status, int32_t expected, const char* call, const char* file, int line);

/* A path in the scratch folder; valid until the fourth next call. */
const char* in_scratch(const char* name);

/*
 * Settings of a stream of uint16 frames, HEIGHT x WIDTH, uncompressed, a chunk each, replacing what is there. frames: 0 means
 * unbounded. more: further members as JSON, beginning with a comma, or "". The dataset is name.ome.zarr in the scratch folder.
 * Valid until the next call.
 */
const char* settings_of(const char* name, long frames, const char* more);

/* The same with another frame size and another number of frames in a chunk. */
const char* large_settings_of(const char* name, long frames, long height, long width, long chunk_frames, const char* more);

/* Creates a stream; must succeed. */
uint64_t create(const char* settings);

/* Pixels that look like noise and depend on the seed alone. */
void fill(uint16_t* pixels, size_t count, uint64_t seed);

/* Appends the frame of a seed; the status of the append. */
int32_t append_seed(uint64_t stream, uint64_t seed);

/* Whether the stored chunk of a frame holds the pixels of the seed. Needs one uncompressed chunk a frame. */
int is_stored(const char* name, long frame, uint64_t seed);

/* Whether a file lies in the scratch folder. */
int exists(const char* name);

/* The calling thread's last error; valid until the next call. */
const char* last_error(void);

/* The number after key in the first line of a file that has it, such as "VmRSS:" in /proc/self/status; -1 without. */
long number_in(const char* file, const char* key);

/* Entries of a folder, such as /proc/self/fd. */
long entries_of(const char* folder);

/* Waits until the process has no more threads than that: the kernel clears a thread away a moment after it was joined. */
void wait_for_threads(long most);

#endif
