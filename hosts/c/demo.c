/*
 * demo.c - plays a microscope camera with real cells into an OME-Zarr: a time-lapse of z-stacks in several channels at a chosen
 * frame rate. Also the example of a full host: settings, appending, progress, stopping with Ctrl-C, errors, statistics.
 *
 *     package=../../artifacts/linux-x64
 *     cc -std=c99 -O2 demo.c camera.c json.c options.c platform.c progress.c settings.c tiff.c \
 *        -I$package/include -L$package -lomezarr_native -Wl,-rpath,$package -o demo
 */
#include "camera.h"
#include "omezarr_native.h"
#include "options.h"
#include "platform.h"
#include "progress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_STORED = 0, EXIT_ERROR = 1, EXIT_USAGE = 2, EXIT_DROPPED = 3 };

static volatile sig_atomic_t stop_asked;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

static void report(const char* call, int32_t status)
{
    char message[8192] = "";
    omz_last_error(message, (int32_t)sizeof message);
    fprintf(stderr, "demo: %s: %s\n%s\n", call, omz_status_name(status), message);
}

/* The library's plan for the settings, from malloc; null after an error, which has been reported. */
static char* describe(const char* settings)
{
    char* layout = NULL;
    int32_t size = omz_describe_layout(settings, NULL, 0);
    if (size > 0 && (layout = malloc((size_t)size)) != NULL)
        size = omz_describe_layout(settings, layout, size);
    if (size < 0) {
        report("omz_describe_layout", size);
        free(layout);
        return NULL;
    }
    return layout;
}

/* 0, or -1 after an error, which has been reported. */
static int open_camera(const demo_options* o, camera* c)
{
    tiff_picture pictures[MAX_PICTURES];
    uint32_t read = 0;
    int opened = -1;
    char error[512] = "there is no memory for the camera's frames; make --pool or --size smaller";
    while (read < o->picture_count && tiff_read(o->pictures[read], &pictures[read], error, sizeof error) == 0)
        read++;
    if (read == o->picture_count)
        opened = camera_open(c, pictures, read, o->count[AXIS_X], o->count[AXIS_Y], o->count[AXIS_C], o->pool);
    if (opened != 0)
        fprintf(stderr, "demo: %s\n", error);
    while (read > 0)
        tiff_free(&pictures[--read]);
    return opened;
}

/* The camera's clock: frame n is due n / fps seconds after the first. Counts the frames that came late. */
static void wait_until_due(const progress* p, uint64_t frame, double fps, uint64_t* late_frames)
{
    uint64_t interval = (uint64_t)(1e9 / (fps > 0 ? fps : 1));
    uint64_t due = p->started + (uint64_t)((double)frame * 1e9 / (fps > 0 ? fps : 1));
    if (fps <= 0)
        return;
    if (clock_ns() > due + interval)
        ++*late_frames; /* a camera would have held this one in its own buffer */
    sleep_until_ns(due);
}

/* Appends every frame in acquisition order; OMZ_OK also when it was stopped by Ctrl-C. */
static int32_t play(uint64_t stream, const demo_options* o, const camera* c, progress* p, uint64_t* late_frames)
{
    progress_begin(p, options_frames(o), c->frame_bytes);
    for (uint64_t frame = 0; frame < p->frames && !stop_asked; frame++) {
        uint32_t channel = (uint32_t)(frame / o->count[AXIS_Z] % o->count[AXIS_C]);
        int32_t status;
        wait_until_due(p, frame, o->fps, late_frames);
        status = omz_append_frame(stream, camera_frame(c, channel, frame), c->frame_bytes);
        if (status != OMZ_OK && status != OMZ_FRAME_DROPPED) {
            progress_end(p);
            report("omz_append_frame", status);
            return status;
        }
        progress_update(p, stream);
    }
    progress_end(p);
    return OMZ_OK;
}

/* Plays into an open stream and finalizes it, whatever happened; the exit status. */
static int acquire(uint64_t stream, const demo_options* o, const char* layout, const camera* c)
{
    omz_stats stats = OMZ_STATS_INIT;
    progress p;
    uint64_t late_frames = 0;
    int32_t played = play(stream, o, c, &p, &late_frames);
    int32_t status = played == OMZ_OK ? omz_flush(stream, -1) : played;
    if (status != OMZ_OK && played == OMZ_OK)
        report("omz_flush", status);
    omz_get_stats(stream, &stats); /* the last moment for it: finalize frees the stream */
    status = omz_finalize(stream);
    if (status != OMZ_OK) {
        report("omz_finalize", status);
        return EXIT_ERROR;
    }
    summary_print(layout, &stats, late_frames, (double)(clock_ns() - p.started) / 1e9);
    summary_print_how_to_open(layout);
    if (stop_asked)
        puts("stopped by Ctrl-C: the frames that are missing read as 0");
    if (played != OMZ_OK)
        return EXIT_ERROR;
    return stats.frames_dropped == 0 ? EXIT_STORED : EXIT_DROPPED;
}

static int run(const demo_options* o, const char* settings, const char* layout)
{
    camera c;
    uint64_t stream = 0;
    int32_t status;
    int exit_status;
    if (o->describe) {
        puts(layout);
        return EXIT_STORED;
    }
    if (open_camera(o, &c) != 0)
        return EXIT_ERROR;

    status = omz_create(settings, &stream);
    if (status != OMZ_OK) {
        report("omz_create", status);
        exit_status = EXIT_ERROR;
    } else {
        signal(SIGINT, on_interrupt);
        exit_status = acquire(stream, o, layout, &c);
    }
    camera_close(&c);
    return exit_status;
}

int main(int argc, char** argv)
{
    demo_options options;
    char* settings;
    char* layout;
    int exit_status = EXIT_ERROR;
    parse_result parsed = options_parse(argc, argv, &options);
    if (parsed != PARSE_RUN)
        return parsed == PARSE_HELP ? EXIT_STORED : EXIT_USAGE;

    settings = options_to_settings(&options);
    layout = settings == NULL ? NULL : describe(settings);
    if (layout != NULL)
        exit_status = run(&options, settings, layout);
    free(layout);
    free(settings);
    return exit_status;
}
