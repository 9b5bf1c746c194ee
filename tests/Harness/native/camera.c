/*
 * camera SCRIPT LOG: plays a script of calls against the library and writes into a shared file what each call answered and when, so
 * that it can be known after this process was killed. The script (see CameraScript.cs) has the calls, their texts and their pixels.
 */
#define _GNU_SOURCE

#include "omezarr_native.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* In the order of CallKind in CameraCall.cs. */
enum {
    CREATE, ARRAY, APPEND, APPEND_EX, APPEND_META, APPEND_TO, SLOT, BORROWED, SKIP, FLUSH, SET_METADATA, FINALIZE, FINALIZE_BEGIN,
    FINALIZE_POLL, ABORT, POLL_RELEASED, SET_IMAGE_METADATA, ARM, DISARM, LIMIT_FILE_SIZE, LIMIT_FILES, LIMIT_PROCESSES, WAIT, BECOME_NOBODY,
    NEXT_FRAME
};

enum { MOST_THREADS = 64, MOST_ARRAYS = 64, RELEASED_AT_ONCE = 256, SLOT_TIMEOUT_MS = 30000, LOOK_NS = 200000, NOBODY = 65534 };

typedef struct {
    int32_t kind, thread;
    int64_t array, number;
    uint64_t pixels, bytes, stride;
    int64_t text;
    uint32_t flags, pause_us;
    double numbers[5];
    int64_t timestamp;
} call;

typedef struct {
    uint64_t magic, calls, texts, pixels;
} script_header;

typedef struct {
    _Atomic int64_t begun, ended;
    int32_t status;
    uint32_t reserved;
} answer;

static const char* script;
static const script_header* header;
static const call* calls;
static answer* answers;
static uint64_t stream, ended_stream, arrays[MOST_ARRAYS];
static pthread_mutex_t complaints = PTHREAD_MUTEX_INITIALIZER;

/* Of the shim, when it is loaded. */
extern void omz_shim_arm(int on) __attribute__((weak));
extern void omz_shim_exempt(int on) __attribute__((weak));

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void* map(const char* path, int writes)
{
    struct stat file;
    void* address;
    int fd = open(path, writes ? O_RDWR : O_RDONLY);
    if (fd < 0 || fstat(fd, &file) != 0) {
        perror(path);
        exit(2);
    }
    /* Private, so that nothing of the script can be changed; a borrowed frame is read where it lies. */
    address = mmap(NULL, (size_t)file.st_size, writes ? PROT_READ | PROT_WRITE : PROT_READ, writes ? MAP_SHARED : MAP_PRIVATE, fd, 0);
    if (address == MAP_FAILED) {
        perror(path);
        exit(2);
    }
    close(fd);
    return address;
}

static const char* text_of(const call* this_call)
{
    return this_call->text < 0 ? NULL : script + header->texts + this_call->text;
}

static uint64_t target_of(const call* this_call)
{
    return this_call->array < 0 ? stream : arrays[this_call->array];
}

static omz_frame frame_of(const call* this_call)
{
    omz_frame frame = OMZ_FRAME_INIT;
    frame.flags = this_call->flags;
    frame.pixels = script + header->pixels + this_call->pixels;
    frame.size_bytes = this_call->bytes;
    frame.row_stride = this_call->stride;
    frame.index = this_call->number;
    frame.metadata_json = text_of(this_call);
    frame.delta_t = this_call->numbers[0];
    frame.exposure_time = this_call->numbers[1];
    frame.position_x = this_call->numbers[2];
    frame.position_y = this_call->numbers[3];
    frame.position_z = this_call->numbers[4];
    frame.timestamp_ns = this_call->timestamp;
    return frame;
}

static int32_t fill_slot(const call* this_call)
{
    omz_frame frame = frame_of(this_call);
    void* place = NULL;
    uint64_t capacity = 0;
    int32_t slot = -1, status = omz_acquire_slot(target_of(this_call), SLOT_TIMEOUT_MS, &place, &capacity, &slot);
    if (status != OMZ_OK)
        return status;
    if (capacity < this_call->bytes) {
        fprintf(stderr, "a slot has %llu bytes, a frame %llu\n", (unsigned long long)capacity, (unsigned long long)this_call->bytes);
        exit(2);
    }
    memcpy(place, frame.pixels, this_call->bytes);
    frame.pixels = NULL;
    status = omz_commit_slot(target_of(this_call), slot, &frame);
    if (status != OMZ_OK)
        omz_cancel_slot(target_of(this_call), slot);
    return status;
}

/* How many tokens came back. */
static int32_t poll_released(void)
{
    uint64_t tokens[RELEASED_AT_ONCE];
    int32_t count, all = 0, status;
    do {
        count = 0;
        status = omz_poll_released(ended_stream != 0 ? ended_stream : stream, tokens, RELEASED_AT_ONCE, 0, &count);
        all += count;
    } while (status == OMZ_OK && count > 0);
    return all;
}

static int32_t limit(int resource, int64_t value)
{
    struct rlimit limits = {(rlim_t)value, (rlim_t)value};
    return setrlimit(resource, &limits) == 0 ? OMZ_OK : -errno;
}

static int32_t set_metadata(const call* this_call)
{
    const char* name = text_of(this_call);
    return omz_set_metadata(stream, name, name + strlen(name) + 1);
}

static int32_t set_image_metadata(const call* this_call)
{
    const char* image = text_of(this_call);
    const char* name = image + strlen(image) + 1;
    return omz_set_image_metadata(stream, image, name, name + strlen(name) + 1);
}

/* Whether the stream goes on where the harness thinks that it does. */
static int32_t expect_next(const call* this_call)
{
    int64_t index = -1;
    int32_t status = omz_next_frame(target_of(this_call), &index);
    return status != OMZ_OK ? status : index == this_call->number ? OMZ_OK : OMZ_E_FRAME_INDEX;
}

/* Until the harness makes a file of that name. */
static int32_t wait_for(const char* path)
{
    struct timespec pause = {0, LOOK_NS};
    while (access(path, F_OK) != 0)
        nanosleep(&pause, NULL);
    return OMZ_OK;
}

static int32_t end_with(int32_t status)
{
    ended_stream = stream;
    return status;
}

static int32_t play(const call* this_call)
{
    omz_frame frame;
    switch (this_call->kind) {
    case CREATE: return omz_create(text_of(this_call), &stream);
    case ARRAY: return omz_array_stream(stream, text_of(this_call), &arrays[this_call->array]);
    case APPEND: return omz_append_frame(target_of(this_call), script + header->pixels + this_call->pixels, this_call->bytes);
    case APPEND_EX: frame = frame_of(this_call); return omz_append_frame_ex(target_of(this_call), &frame);
    case APPEND_META:
        return omz_append_frame_meta(
            target_of(this_call), script + header->pixels + this_call->pixels, this_call->bytes, text_of(this_call));
    case APPEND_TO:
        return omz_append_frame_to(stream, text_of(this_call), script + header->pixels + this_call->pixels, this_call->bytes);
    case SLOT: return fill_slot(this_call);
    case BORROWED: frame = frame_of(this_call); return omz_append_borrowed(target_of(this_call), &frame, (uint64_t)(this_call - calls));
    case SKIP: return omz_skip_frames(target_of(this_call), (uint64_t)this_call->number);
    case FLUSH: return omz_flush(stream, (int32_t)this_call->number);
    case SET_METADATA: return set_metadata(this_call);
    case SET_IMAGE_METADATA: return set_image_metadata(this_call);
    case FINALIZE: return end_with(omz_finalize(stream));
    case FINALIZE_BEGIN: return omz_finalize_begin(stream);
    case FINALIZE_POLL: return end_with(omz_finalize_poll(stream, (int32_t)this_call->number, NULL));
    case ABORT: return end_with(omz_abort(stream));
    case POLL_RELEASED: return poll_released();
    case ARM: case DISARM:
        if (omz_shim_arm != NULL)
            omz_shim_arm(this_call->kind == ARM);
        return OMZ_OK;
    case LIMIT_FILE_SIZE: return limit(RLIMIT_FSIZE, this_call->number);
    case LIMIT_FILES: return limit(RLIMIT_NOFILE, this_call->number);
    case LIMIT_PROCESSES: return limit(RLIMIT_NPROC, this_call->number);
    case BECOME_NOBODY: return getuid() != 0 || setuid(NOBODY) == 0 ? OMZ_OK : -errno;
    case WAIT: return wait_for(text_of(this_call));
    case NEXT_FRAME: return expect_next(this_call);
    default:
        fprintf(stderr, "call %lld has the unknown kind %d\n", (long long)(this_call - calls), this_call->kind);
        exit(2);
    }
}

static void complain(const call* this_call, int32_t status)
{
    char message[2048] = "";
    omz_last_error(message, (int32_t)sizeof message);
    pthread_mutex_lock(&complaints);
    fprintf(stderr, "call %lld: %s: %s\n", (long long)(this_call - calls), omz_status_name(status), message);
    pthread_mutex_unlock(&complaints);
}

static int32_t answer_to(const call* this_call)
{
    answer* this_answer = &answers[this_call - calls];
    int32_t status;
    if (this_call->pause_us > 0) {
        struct timespec pause = {this_call->pause_us / 1000000, this_call->pause_us % 1000000 * 1000};
        nanosleep(&pause, NULL);
    }
    atomic_store_explicit(&this_answer->begun, now(), memory_order_release);
    status = play(this_call);
    this_answer->status = status;
    /* Whoever sees that it ended sees its status. */
    atomic_store_explicit(&this_answer->ended, now(), memory_order_release);
    if (status < 0)
        complain(this_call, status);
    return status;
}

typedef struct {
    uint64_t first, end;
    int32_t thread;
} section;

static void* play_thread(void* argument)
{
    const section* part = argument;
    for (uint64_t i = part->first; i < part->end; i++)
        if (calls[i].thread == part->thread)
            answer_to(&calls[i]);
    return NULL;
}

/* Calls of numbered threads that follow one another are made at the same time, in the order of each thread. */
static void play_section(uint64_t first, uint64_t end)
{
    pthread_t threads[MOST_THREADS];
    section parts[MOST_THREADS];
    int32_t count = 0;
    for (uint64_t i = first; i < end; i++)
        count = calls[i].thread > count ? calls[i].thread : count;
    if (omz_shim_exempt != NULL)
        omz_shim_exempt(1);
    for (int32_t i = 0; i < count; i++) {
        parts[i] = (section){first, end, i + 1};
        if (pthread_create(&threads[i], NULL, play_thread, &parts[i]) != 0) {
            perror("pthread_create");
            exit(2);
        }
    }
    if (omz_shim_exempt != NULL)
        omz_shim_exempt(0);
    for (int32_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

int main(int argc, char** argv)
{
    int created = 0;
    if (argc != 3) {
        fprintf(stderr, "usage: %s SCRIPT LOG\n", argv[0]);
        return 2;
    }
    setvbuf(stderr, NULL, _IOLBF, 0);
    script = map(argv[1], 0);
    header = (const script_header*)script;
    calls = (const call*)(header + 1);
    answers = map(argv[2], 1);
    if (header->magic != 0x6172656d6163u) {
        fprintf(stderr, "%s is no script\n", argv[1]);
        return 2;
    }
    /* The runtime starts with the first call: what is counted and held up begins after it. */
    omz_version();
    for (uint64_t i = 0; i < header->calls;) {
        uint64_t end = i;
        if (!created && calls[i].kind != WAIT && calls[i].kind != CREATE && calls[i].kind < ARM) {
            i++;
            continue;
        }
        if (calls[i].thread == 0) {
            if (answer_to(&calls[i]) == OMZ_OK && calls[i].kind == CREATE)
                created = 1;
            i++;
            continue;
        }
        while (end < header->calls && calls[end].thread != 0)
            end++;
        play_section(i, end);
        i = end;
    }
    if (omz_shim_arm != NULL)
        omz_shim_arm(0);
    return 0;
}
