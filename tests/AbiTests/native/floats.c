/*
 * Hosts with floating-point environments of their own: other rounding, traps, flags that are raised, tiny numbers flushed to zero.
 * No call changes any of it or falls into a trap, and every dataset is, byte for byte, that of a host with the default environment.
 */
#define _GNU_SOURCE /* feenableexcept */

#include "platform.h"
#include "support.h"

#include <dirent.h>
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

enum { STEPS = 4, ODD_HEIGHT = 33, ODD_WIDTH = 47, ODD = ODD_HEIGHT * ODD_WIDTH, REFUSALS = 200000 };

/* What can be told of the environment without touching it. */
typedef struct {
    int rounding, raised, trapping;
    unsigned mxcsr;
    unsigned short x87;
} environment;

static environment now(void)
{
    environment e;
    memset(&e, 0, sizeof e);
    e.rounding = fegetround();
    e.raised = fetestexcept(FE_ALL_EXCEPT);
    e.trapping = fegetexcept();
#if defined(__x86_64__)
    e.mxcsr = _mm_getcsr();
    __asm__ volatile("fnstcw %0" : "=m"(e.x87));
#endif
    return e;
}

static void check_kept(const environment* before, const char* call)
{
    environment after = now();
    if (memcmp(before, &after, sizeof after) == 0)
        return;
    fesetenv(FE_DFL_ENV);
    printf("%s changed the environment: rounding %d to %d, raised %x to %x, traps %x to %x, mxcsr %x to %x\n", call, before->rounding,
           after.rounding, (unsigned)before->raised, (unsigned)after.raised, (unsigned)before->trapping, (unsigned)after.trapping,
           before->mxcsr, after.mxcsr);
    CHECK(!"the environment is the host's");
}

/* A call that must have its status, and change nothing of the environment. */
#define KEPT(call, expected)                    \
    do {                                        \
        environment kept_ = now();              \
        int32_t status_ = (call);               \
        check_kept(&kept_, #call);              \
        check_status(status_, (expected), #call, __FILE__, __LINE__); \
    } while (0)

static const char settings_text[] =
    "{\"root_path\": \"%s\", \"overwrite\": true, \"dtype\": \"%s\", \"compression\": \"zstd\", \"dimensions\": ["
    "{\"name\": \"t\", \"type\": \"time\", \"unit\": \"second\", \"scale\": 0.1, \"count\": 5, \"chunk_size\": 2}, "
    "{\"name\": \"y\", \"type\": \"space\", \"unit\": \"micrometer\", \"scale\": 0.32500000000000001, \"count\": 33}, "
    "{\"name\": \"x\", \"type\": \"space\", \"unit\": \"micrometer\", \"scale\": 1e-7, \"count\": 47}], "
    "\"pyramid\": {\"levels\": 3}, \"pipeline\": {\"workers\": 2}}";

static float values[ODD];
static uint16_t counts[ODD];

/* Numbers whose means are not exact, and some that are only not zero where tiny numbers are kept. */
static void prepare(void)
{
    fill(counts, ODD, 7);
    for (int i = 0; i < ODD; i++)
        values[i] = i % 5 == 0 ? ldexpf(1.0f, -140) * (float)(counts[i] % 100) : (float)counts[i] / 3.0f;
}

static void ask(const char* settings, uint64_t stream)
{
    omz_stats stats = OMZ_STATS_INIT;
    char text[65536];
    uint64_t bytes;
    environment before = now();
    CHECK(omz_describe_layout(settings, text, (int32_t)sizeof text) > 0);
    check_kept(&before, "omz_describe_layout");
    CHECK(omz_get_stats_json(stream, text, (int32_t)sizeof text) > 0);
    check_kept(&before, "omz_get_stats_json");
    CHECK(omz_stream_error(stream, text, (int32_t)sizeof text) > 0);
    check_kept(&before, "omz_stream_error");
    CHECK(omz_last_error(text, (int32_t)sizeof text) > 0);
    check_kept(&before, "omz_last_error");
    CHECK(omz_version() != 0 && omz_status_name(-1) != 0 && omz_abi_version() > 0);
    check_kept(&before, "omz_version");
    KEPT(omz_validate_settings(settings), OMZ_OK);
    KEPT(omz_estimate_memory(settings, &bytes), OMZ_OK);
    KEPT(omz_get_stats(stream, &stats), OMZ_OK);
    KEPT(omz_validate_settings("{\"dtype\": 1e400}"), OMZ_E_INVALID_SETTINGS);
}

static void append(uint64_t stream, const void* pixels, uint64_t bytes)
{
    static const char json[] = "{\"delta_t\": 0.1, \"exposure_time\": 2.2250738585072011e-308, \"position_x\": 123456789.123456789, \"a\": 1e-400}";
    omz_frame frame = OMZ_FRAME_INIT;
    void* slot_pixels;
    int32_t slot;
    frame.pixels = pixels;
    frame.size_bytes = bytes;
    KEPT(omz_append_frame(stream, pixels, bytes), OMZ_OK);
    KEPT(omz_append_frame_meta(stream, pixels, bytes, json), OMZ_OK);
    frame.flags = OMZ_FRAME_HAS_DELTA_T | OMZ_FRAME_HAS_POSITION_Y;
    frame.delta_t = 0.3;
    frame.position_y = -1e-310;
    frame.metadata_json = json + 0;
    KEPT(omz_append_frame_ex(stream, &frame), OMZ_OK);
    KEPT(omz_acquire_slot(stream, -1, &slot_pixels, 0, &slot), OMZ_OK);
    memcpy(slot_pixels, pixels, bytes);
    frame.pixels = 0;
    KEPT(omz_commit_slot(stream, slot, &frame), OMZ_OK);
}

static void acquire(const char* name, const char* dtype, const void* pixels, uint64_t bytes)
{
    char settings[8192];
    uint64_t stream;
    double progress;
    snprintf(settings, sizeof settings, settings_text, in_scratch(name), dtype);
    KEPT(omz_create(settings, &stream), OMZ_OK);
    ask(settings, stream);
    KEPT(omz_append_frame_meta(stream, pixels, bytes, "{\"delta_t\": 1e999}"), OMZ_FRAME_METADATA_LOST);
    append(stream, pixels, bytes);
    KEPT(omz_set_metadata(stream, "lab", "{\"gain\": 0.1, \"tiny\": 4.9e-324, \"huge\": 1.7976931348623157e308}"), OMZ_OK);
    KEPT(omz_set_image_metadata(stream, "", "lab", "[0.30000000000000004]"), OMZ_OK);
    KEPT(omz_append_frame(stream, pixels, bytes), OMZ_E_TOO_MANY_FRAMES);
    KEPT(omz_append_frame(0, pixels, bytes), OMZ_E_INVALID_HANDLE);
    KEPT(omz_set_end_reason(stream, "0.1"), OMZ_OK);
    KEPT(omz_set_end_reason(stream, 0), OMZ_OK);
    KEPT(omz_flush(stream, -1), OMZ_OK);
    KEPT(omz_finalize_begin(stream), OMZ_OK);
    KEPT(omz_finalize_poll(stream, -1, &progress), OMZ_OK);
}

/* Messages are made of memory, and memory is collected now and then, on whichever thread asks for some. */
static void refuse_often(void)
{
    char pixel = 0;
    uint64_t stream = create(settings_of("refused", 2, ""));
    environment before = now();
    for (int i = 0; i < REFUSALS; i++)
        if (omz_append_frame(stream, &pixel, 1) != OMZ_E_FRAME_SIZE)
            CHECK(!"a frame of one byte is refused");
    check_kept(&before, "omz_append_frame");
    KEPT(omz_abort(stream), OMZ_OK);
}

static void acquire_all(const char* name)
{
    char path[256];
    make_folder(in_scratch(name)); /* images are called after their own folders, which are called alike */
    snprintf(path, sizeof path, "%s/f.ome.zarr", name);
    acquire(path, "float32", values, sizeof values);
    snprintf(path, sizeof path, "%s/u.ome.zarr", name);
    acquire(path, "uint16", counts, sizeof counts);
}

static long same_files(const char* left, const char* right)
{
    struct stat status;
    long files = 0;
    CHECK(stat(left, &status) == 0);
    if (S_ISDIR(status.st_mode)) {
        DIR* folder = opendir(left);
        CHECK(folder != NULL && entries_of(left) == entries_of(right));
        for (struct dirent* entry; (entry = readdir(folder)) != NULL;) {
            char one[4352], other[4352];
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                continue;
            snprintf(one, sizeof one, "%s/%s", left, entry->d_name);
            snprintf(other, sizeof other, "%s/%s", right, entry->d_name);
            files += same_files(one, other);
        }
        closedir(folder);
    } else {
        int a, b;
        long at = 0;
        FILE *first = fopen(left, "rb"), *second = fopen(right, "rb");
        CHECK(first != NULL && second != NULL);
        do {
            a = fgetc(first);
            b = fgetc(second);
            if (a != b)
                printf("%s and %s differ at byte %ld\n", left, right, at);
            CHECK(a == b);
            at++;
        } while (a != EOF);
        fclose(first);
        fclose(second);
        files = 1;
    }
    return files;
}

static void compare(const char* name)
{
    char path[256];
    static const char* const kinds[] = {"f", "u"};
    for (int kind = 0; kind < 2; kind++) {
        snprintf(path, sizeof path, "default/%s.ome.zarr", kinds[kind]);
        const char* expected = in_scratch(path);
        snprintf(path, sizeof path, "%s/%s.ome.zarr", name, kinds[kind]);
        CHECK(same_files(expected, in_scratch(path)) > 10);
    }
}

static void with_rounding(const char* name, int rounding)
{
    CHECK(fesetround(rounding) == 0);
    acquire_all(name);
    fesetenv(FE_DFL_ENV);
    compare(name);
}

int main(int argc, char** argv)
{
    begin(argc, argv);
    prepare();
    /* the runtime starts with the first call, and may raise the flag of what is not exact: all else is kept, also then */
    CHECK(fesetround(FE_UPWARD) == 0 && feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW) != -1);
    CHECK(omz_version() != 0);
    CHECK(fegetround() == FE_UPWARD && fegetexcept() == (FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW));
    CHECK((fetestexcept(FE_ALL_EXCEPT) & ~FE_INEXACT) == 0);

    fesetenv(FE_DFL_ENV);
    acquire_all("default");
    acquire_all("again");
    compare("again");

    with_rounding("upward", FE_UPWARD);
    with_rounding("downward", FE_DOWNWARD);
    with_rounding("toward-zero", FE_TOWARDZERO);

    feraiseexcept(FE_OVERFLOW | FE_DIVBYZERO); /* flags of the host's own work stay */
    acquire_all("raised");
    CHECK(fetestexcept(FE_ALL_EXCEPT) == (FE_OVERFLOW | FE_DIVBYZERO | (fetestexcept(FE_INEXACT))));
    fesetenv(FE_DFL_ENV);
    compare("raised");

    feclearexcept(FE_ALL_EXCEPT);
    CHECK(feenableexcept(FE_ALL_EXCEPT) != -1);
    acquire_all("traps");
    refuse_often();
    fesetenv(FE_DFL_ENV);
    compare("traps");

#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | 0x8040); /* flush to zero, denormals are zero */
    acquire_all("flushing");
    fesetenv(FE_DFL_ENV);
    compare("flushing");
#endif
    return done();
}
