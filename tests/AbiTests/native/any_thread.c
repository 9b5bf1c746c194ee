/*
 * Messages for hosts whose calls come from another thread each time: with the create that failed, and by the stream's handle, also
 * after its end.
 */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static uint64_t stream;
static uint16_t pixels[PIXELS];
static int32_t answer;

static void* create_badly(void* text)
{
    answer = omz_create_ex("{\"dtype\": \"uint61\"}", &stream, text, 4096);
    return 0;
}

static void* append_too_little(void* unused)
{
    (void)unused;
    answer = omz_append_frame(stream, pixels, FRAME_BYTES - 1);
    return 0;
}

/* Every call that hands in a frame, each with another wrong size, which its message names. */
enum { WAYS = 7 };
static int way;
static uint64_t wrong_size(void) { return FRAME_BYTES - 2u * (unsigned)way - 1u; }

static void* append_wrongly(void* unused)
{
    static const int64_t first = 0;
    omz_frame frame = OMZ_FRAME_INIT;
    frame.pixels = pixels;
    frame.size_bytes = wrong_size();
    (void)unused;
    switch (way) {
    case 0: answer = omz_append_frame(stream, pixels, frame.size_bytes); break;
    case 1: answer = omz_append_frame_ex(stream, &frame); break;
    case 2: answer = omz_append_frame_wait(stream, &frame, 1000); break;
    case 3: answer = omz_append_frame_meta(stream, pixels, frame.size_bytes, "{}"); break;
    case 4: answer = omz_append_frame_at(stream, &first, 1, pixels, frame.size_bytes); break;
    case 5: answer = omz_append_frame_to(stream, "", pixels, frame.size_bytes); break;
    default: answer = omz_append_borrowed(stream, &frame, 1); break;
    }
    return 0;
}

static void* append_nothing(void* unused)
{
    (void)unused;
    answer = omz_append_frame(stream, 0, FRAME_BYTES);
    return 0;
}

static void* abort_it(void* unused)
{
    double progress = 0;
    (void)unused;
    omz_abort_begin(stream);
    answer = omz_finalize_poll(stream, -1, &progress);
    return 0;
}

static void in_another_thread(void* (*call)(void*), void* argument)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, 0, call, argument) == 0 && pthread_join(thread, 0) == 0);
}

static const char* last(void)
{
    static char text[4096];
    CHECK(omz_stream_last_error(stream, text, (int32_t)sizeof text) == (int32_t)strlen(text) + 1);
    return text;
}

int main(int argc, char** argv)
{
    char text[4096] = "before";
    uint64_t token;
    int32_t count;
    begin(argc, argv);

    in_another_thread(create_badly, text);
    CHECK(answer == OMZ_E_INVALID_SETTINGS && strstr(text, "uint61") != 0 && strstr(text, "root_path") != 0);
    CHECK(strcmp(last_error(), text) != 0);
    CHECK_STATUS(omz_create_ex("{}", &stream, text, 8), OMZ_E_INVALID_SETTINGS);
    CHECK(strlen(text) == 7);
    CHECK_STATUS(omz_create_ex("{}", &stream, 0, 0), OMZ_E_INVALID_SETTINGS);
    CHECK_STATUS(omz_create_ex("{}", &stream, 0, 1), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_create_ex("{}", &stream, text, -1), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_create_ex(settings_of("any", 2, ""), &stream, text, (int32_t)sizeof text), OMZ_OK);
    CHECK(text[0] == 0 && last()[0] == 0);

    in_another_thread(append_too_little, 0);
    CHECK(answer == OMZ_E_FRAME_SIZE && strstr(last(), "3071") != 0);
    for (way = 0; way < WAYS; way++) {
        char size[32];
        sprintf(size, "%u", (unsigned)wrong_size());
        in_another_thread(append_wrongly, 0);
        CHECK(answer == (way == 5 ? OMZ_E_INVALID_ARGUMENT : OMZ_E_FRAME_SIZE));
        CHECK(way == 5 || strstr(last(), size) != 0);
    }
    in_another_thread(append_nothing, 0);
    CHECK(answer == OMZ_E_INVALID_ARGUMENT && strstr(last(), "pixels is null") != 0);
    CHECK_STATUS(append_seed(stream, 1), OMZ_OK);
    CHECK(strstr(last(), "pixels is null") != 0); /* a success leaves it */
    CHECK_STATUS(omz_poll_released(stream, &token, 1, 0, &count), OMZ_E_TIMEOUT);
    CHECK(strstr(last(), "pixels is null") != 0); /* and so does a poll */

    in_another_thread(abort_it, 0);
    CHECK(answer == OMZ_E_FINALIZED && strstr(last(), "aborted") != 0);
    CHECK_STATUS(omz_append_frame(stream, pixels, FRAME_BYTES), OMZ_E_INVALID_HANDLE);
    CHECK(strstr(last(), "aborted") != 0); /* the end's message stays */
    CHECK_STATUS(omz_stream_last_error(0, text, (int32_t)sizeof text), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_stream_last_error(stream ^ 1, text, (int32_t)sizeof text), OMZ_E_INVALID_HANDLE);
    return done();
}
