#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the pictures are: the build names the folder, otherwise the demo is started from the repository's root. */
#ifndef DEMO_DATA_DIR
#  define DEMO_DATA_DIR "tests/data"
#endif

enum { MAX_SIDE = 32768, MAX_COUNT = 100000000, MAX_POOL = 4096, MAX_LEVELS = 32, DEFAULT_SIDE = 2048, DEFAULT_CHUNK = 512 };

static const char help[] =
    "demo - plays a microscope camera into an OME-Zarr\n"
    "\n"
    "usage: demo [options]\n"
    "\n"
    "  --out PATH           where the OME-Zarr goes                         [demo.ome.zarr]\n"
    "  --overwrite          replace an OME-Zarr that is there\n"
    "  --picture FILE       a 16-bit TIFF; may be repeated; the planes are the channels, in turn\n"
    "                                                                       [HeLa cells, then U2OS cells]\n"
    "  --size N or HxW      the camera's frame                              [2048]\n"
    "  --t N --c N --z N    time points, channels, slices                   [10, 2, 5]\n"
    "  --fps F              frames a second; 0 = as fast as it goes         [30]\n"
    "  --codec C            none, blosc-lz4, blosc-zstd, zstd, or a JSON object   [blosc-lz4]\n"
    "  --chunk LIST         elements of a chunk along [t,][c,][z,]y,x, or auto    [512,512]\n"
    "  --shard LIST         chunks of a shard likewise, or none             [a z-stack]\n"
    "  --pyramid N          resolution levels, auto (down to 256 pixels) or none  [auto]\n"
    "  --workers N          compressing threads                             [the library chooses]\n"
    "  --ring N             frames that the ring holds                      [the library chooses]\n"
    "  --memory MIB         most memory of the stream                       [the library chooses]\n"
    "  --backpressure B     block, fail or drop when the ring is full       [block]\n"
    "  --pool N             different frames a channel, made before the run [8]\n"
    "  --describe           print the plan as JSON and write nothing\n"
    "\n"
    "examples\n"
    "  demo                                           ten 2-channel stacks at 30 frames a second\n"
    "  demo --fps 0 --t 50 --codec none               how fast raw frames go\n"
    "  demo --size 1024 --fps 100 --z 1 --t 1000 --chunk 32,1,1,256,256   time chunks for movies\n"
    "  demo --c 4 --codec '{\"name\":\"blosc\",\"cname\":\"zstd\",\"clevel\":3,\"shuffle\":\"bit\"}'\n"
    "\n"
    "The exit status is 0 when every frame was stored, 1 after an error, 2 for a wrong command line, 3 when frames were dropped.\n";

static int number(const char* text, uint32_t lowest, uint32_t highest, uint32_t* out)
{
    char* end;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != 0 || value < lowest || value > highest)
        return 0;
    *out = (uint32_t)value;
    return 1;
}

static int rate(const char* text, double* out)
{
    char* end;
    double value = strtod(text, &end);
    if (end == text || *end != 0 || !(value >= 0 && value <= 1e6))
        return 0;
    *out = value;
    return 1;
}

/* A comma-separated list that ends with y, x; axes that are not given get 1. */
static int axes(const char* text, uint32_t* out)
{
    uint32_t values[AXES];
    int n = 0;
    for (const char* p = text;; p++) {
        char* end;
        unsigned long value = strtoul(p, &end, 10);
        if (*p < '0' || *p > '9' || value < 1 || value > MAX_COUNT || n == AXES)
            return 0;
        values[n++] = (uint32_t)value;
        p = end;
        if (*p == 0)
            break;
        if (*p != ',')
            return 0;
    }
    for (int axis = 0; axis < AXES; axis++)
        out[axis] = axis < AXES - n ? 1 : values[axis - (AXES - n)];
    return n >= 2;
}

static int size(const char* text, uint32_t* height, uint32_t* width)
{
    char first[16] = "";
    const char* cross = strchr(text, 'x');
    if (cross == NULL)
        return number(text, 1, MAX_SIDE, height) && number(text, 1, MAX_SIDE, width);
    if ((size_t)(cross - text) >= sizeof first)
        return 0;
    memcpy(first, text, (size_t)(cross - text));
    return number(first, 1, MAX_SIDE, height) && number(cross + 1, 1, MAX_SIDE, width);
}

/* 0: as many as the library finds useful; 1: full resolution only. */
static int levels(const char* text, uint32_t* out)
{
    *out = strcmp(text, "none") == 0;
    return *out == 1 || strcmp(text, "auto") == 0 || number(text, 1, MAX_LEVELS, out);
}

static int picture(const char* path, demo_options* o)
{
    if (o->picture_count == MAX_PICTURES)
        return 0;
    o->pictures[o->picture_count++] = path;
    return 1;
}

static int one_of(const char* value, const char* first, const char* second, const char* third, const char** out)
{
    *out = value;
    return strcmp(value, first) == 0 || strcmp(value, second) == 0 || strcmp(value, third) == 0;
}

/* 1: understood, 0: not a value of this option, -1: no such option. */
static int value_option(const char* name, const char* value, demo_options* o)
{
    if (strcmp(name, "--out") == 0)
        return o->out = value, *value != 0;
    if (strcmp(name, "--picture") == 0)
        return picture(value, o);
    if (strcmp(name, "--size") == 0)
        return size(value, &o->count[AXIS_Y], &o->count[AXIS_X]);
    if (strcmp(name, "--t") == 0)
        return number(value, 1, MAX_COUNT, &o->count[AXIS_T]);
    if (strcmp(name, "--c") == 0)
        return number(value, 1, 64, &o->count[AXIS_C]);
    if (strcmp(name, "--z") == 0)
        return number(value, 1, 100000, &o->count[AXIS_Z]);
    if (strcmp(name, "--fps") == 0)
        return rate(value, &o->fps);
    if (strcmp(name, "--codec") == 0)
        return o->codec = value, *value != 0;
    if (strcmp(name, "--chunk") == 0)
        return (o->auto_layout = strcmp(value, "auto") == 0) || axes(value, o->chunk);
    if (strcmp(name, "--shard") == 0)
        return strcmp(value, "none") == 0 ? memset(o->shard, 0, sizeof o->shard) != NULL : axes(value, o->shard);
    if (strcmp(name, "--pyramid") == 0)
        return levels(value, &o->levels);
    if (strcmp(name, "--workers") == 0)
        return number(value, 1, 1024, &o->workers);
    if (strcmp(name, "--ring") == 0)
        return number(value, 1, 1000000, &o->ring);
    if (strcmp(name, "--memory") == 0)
        return number(value, 1, 1u << 20, &o->memory_mib);
    if (strcmp(name, "--backpressure") == 0)
        return one_of(value, "block", "fail", "drop", &o->backpressure);
    if (strcmp(name, "--pool") == 0)
        return number(value, 1, MAX_POOL, &o->pool);
    return -1;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* What was not asked for: chunks of 512 x 512, a shard for each z-stack, the two pictures. */
static void fill_defaults(demo_options* o)
{
    if (o->picture_count == 0) {
        picture(DEMO_DATA_DIR "/hela-cells.tif", o);
        picture(DEMO_DATA_DIR "/IXMtest_A02_s9.tif", o);
    }
    if (o->auto_layout) {
        memset(o->chunk, 0, sizeof o->chunk);
        memset(o->shard, 0, sizeof o->shard);
        return;
    }
    for (int axis = 0; axis < AXES; axis++) {
        uint32_t otherwise = axis < AXIS_Y ? 1 : DEFAULT_CHUNK;
        o->chunk[axis] = smaller(o->count[axis], o->chunk[axis] == 0 ? otherwise : o->chunk[axis]);
        if (o->shard[axis] == UINT32_MAX) /* as much as there is of z, y and x */
            o->shard[axis] = axis < AXIS_Z ? 1 : (o->count[axis] + o->chunk[axis] - 1) / o->chunk[axis];
    }
}

parse_result options_parse(int argc, char** argv, demo_options* o)
{
    memset(o, 0, sizeof *o);
    memset(o->shard, 0xff, sizeof o->shard);
    o->out = "demo.ome.zarr";
    o->codec = "blosc-lz4";
    o->fps = 30;
    o->pool = 8;
    o->count[AXIS_T] = 10;
    o->count[AXIS_C] = 2;
    o->count[AXIS_Z] = 5;
    o->count[AXIS_Y] = o->count[AXIS_X] = DEFAULT_SIDE;

    for (int i = 1; i < argc; i++) {
        const char* name = argv[i];
        const char* value = i + 1 < argc ? argv[i + 1] : "";
        int understood;
        if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
            fputs(help, stdout);
            return PARSE_HELP;
        }
        if (strcmp(name, "--overwrite") == 0 || strcmp(name, "--describe") == 0) {
            *(name[2] == 'o' ? &o->overwrite : &o->describe) = 1;
            continue;
        }
        understood = value_option(name, value, o);
        if (understood != 1) {
            if (understood < 0)
                fprintf(stderr, "demo: there is no option %s; see demo --help\n", name);
            else
                fprintf(stderr, "demo: %s cannot be \"%s\"; see demo --help\n", name, value);
            return PARSE_ERROR;
        }
        i++;
    }
    fill_defaults(o);
    return PARSE_RUN;
}

uint64_t options_frames(const demo_options* o)
{
    return (uint64_t)o->count[AXIS_T] * o->count[AXIS_C] * o->count[AXIS_Z];
}
