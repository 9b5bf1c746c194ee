#include "progress.h"
#include "json.h"
#include "platform.h"

#include <stdio.h>
#include <string.h>

#define MEGA 1e6
#define NS_PER_SECOND 1e9
#define NS_PER_MS 1e6
#define IN_PLACE_INTERVAL_NS 100000000u
#define LINE_INTERVAL_NS 1000000000u

void progress_begin(progress* p, uint64_t frames, uint64_t frame_bytes)
{
    memset(p, 0, sizeof *p);
    p->frames = frames;
    p->frame_bytes = frame_bytes;
    p->started = p->shown = clock_ns();
    p->in_place = is_terminal(stdout);
}

void progress_update(progress* p, uint64_t stream)
{
    omz_stats stats = OMZ_STATS_INIT;
    uint64_t now = clock_ns();
    double seconds;
    if (now - p->shown < (p->in_place ? IN_PLACE_INTERVAL_NS : LINE_INTERVAL_NS))
        return;
    if (omz_get_stats(stream, &stats) != OMZ_OK)
        return; /* what is wrong with the stream is told by the next append or by finalize */

    seconds = (double)(now - p->shown) / NS_PER_SECOND;
    printf("%s%llu/%llu frames  %.1f frames/s  %.0f MB/s in  %.0f MB/s out  ring %llu/%llu  dropped %llu%s",
           p->in_place ? "\r\033[K" : "", (unsigned long long)stats.frames_appended, (unsigned long long)p->frames,
           (double)(stats.frames_appended - p->frames_shown) / seconds,
           (double)(stats.frames_appended - p->frames_shown) * (double)p->frame_bytes / seconds / MEGA,
           (double)(stats.bytes_out - p->bytes_shown) / seconds / MEGA, (unsigned long long)stats.ring_occupancy,
           (unsigned long long)stats.ring_capacity, (unsigned long long)stats.frames_dropped,
           p->in_place ? "" : "\n");
    fflush(stdout);
    p->shown = now;
    p->frames_shown = stats.frames_appended;
    p->bytes_shown = stats.bytes_out;
}

void progress_end(const progress* p)
{
    if (p->in_place)
        fputs("\r\033[K", stdout);
}

/* The first array's part of a layout. */
static const char* first_array(const char* layout_json)
{
    const char* arrays = strstr(layout_json, "\"arrays\":");
    return arrays == NULL ? "" : arrays;
}

static void print_member(const char* name, const char* json, const char* key, const char* otherwise)
{
    char value[256];
    json_value(json, key, value, sizeof value);
    printf("  %-12s %s\n", name, value[0] == 0 ? otherwise : value);
}

/* How large the planes of each level are: the arrays of the demo's image are its levels. */
static void print_levels(const char* layout_json)
{
    const char* const key = "\"shape\":";
    const char* array = strstr(first_array(layout_json), key);
    printf("  %-12s", "levels");
    for (const char* separator = " "; array != NULL; separator = ", ", array = strstr(array + 1, key)) {
        char shape[256];
        unsigned long height = 0, width = 0;
        json_value(array, "shape", shape, sizeof shape);
        sscanf(shape, "[%*u,%*u,%*u,%lu,%lu]", &height, &width);
        printf("%s%lu x %lu", separator, height, width);
    }
    puts("");
}

void summary_print(const char* layout_json, const omz_stats* s, uint64_t late_frames, double seconds)
{
    double in = (double)s->bytes_in, out = (double)s->bytes_out;
    puts("summary");
    print_member("shape", first_array(layout_json), "shape", "unknown");
    print_levels(layout_json);
    print_member("chunks", first_array(layout_json), "chunk_shape", "unknown");
    print_member("shards", first_array(layout_json), "shard_shape", "none");
    print_member("compression", layout_json, "compression", "none");
    printf("  %-12s %llu in %.2f s: %.1f frames/s, %.0f MB/s\n", "frames", (unsigned long long)s->frames_appended,
           seconds, (double)s->frames_appended / seconds, in / seconds / MEGA);
    printf("  %-12s %.2f (%.1f MB of pixels, %.1f MB stored, all levels together)\n", "ratio", out > 0 ? in / out : 0.0, in / MEGA,
           out / MEGA);
    printf("  %-12s p50 %.3f ms, p99 %.3f ms, max %.3f ms\n", "append", (double)s->append_p50_ns / NS_PER_MS,
           (double)s->append_p99_ns / NS_PER_MS, (double)s->append_max_ns / NS_PER_MS);
    printf("  %-12s %llu slots, at most %llu in use, %llu waits\n", "ring", (unsigned long long)s->ring_capacity,
           (unsigned long long)s->ring_high_water, (unsigned long long)s->ring_waits);
    printf("  %-12s %llu\n", "late", (unsigned long long)late_frames);
    printf("  %-12s %llu\n", "dropped", (unsigned long long)s->frames_dropped);
}

void summary_print_how_to_open(const char* layout_json)
{
    char path[4096], array[256];
    json_value(layout_json, "output_path", path, sizeof path);
    json_value(first_array(layout_json), "path", array, sizeof array);
    printf("the OME-Zarr is in %s\n"
           "  napari   napari --plugin napari-ome-zarr %s\n"
           "  vizarr   npx http-server --cors -p 8000 %s\n"
           "           then https://hms-dbmi.github.io/vizarr/?source=http://localhost:8000\n"
           "  Python   python -c \"import zarr; print(zarr.open('%s/%s', mode='r').info)\"\n",
           path, path, path, path, array);
}
