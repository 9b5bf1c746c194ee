/*
 * Every call of omezarr_labview.h, in C89, as a LabVIEW diagram would make them: a producer loop, an error cluster of status and
 * text, slots and lent buffers by address.
 */
#include "support.h"

#include "omezarr_labview.h"

#include <stdio.h>
#include <string.h>

enum { TEXT = 4096, ROWS = 4, COLUMNS = 8, COUNT = ROWS * COLUMNS };

static char text[TEXT], error[TEXT], settings[TEXT];
static const double unknown = 0.0;

static double nan_of_labview(void) { return unknown / unknown; }

static const char* document(const char* name, const char* dtype, const char* more)
{
    char path[1024];
    int32_t needed = 0;
    CHECK(omzlv_escape(in_scratch(name), path, (int32_t)sizeof path, &needed) == 0 && needed == (int32_t)strlen(path) + 1);
    sprintf(settings,
            "{\"root_path\": \"%s.ome.zarr\", \"overwrite\": true, \"dtype\": \"%s\", \"dimensions\": [{\"name\": \"t\"}, "
            "{\"name\": \"y\", \"count\": 4}, {\"name\": \"x\", \"count\": 8}]%s}",
            path, dtype, more);
    return settings;
}

static uint64_t begun(const char* given)
{
    uint64_t stream = 0;
    if (omzlv_create(given, &stream, error, TEXT) != 0)
        puts(error);
    CHECK(stream != 0 && error[0] == 0);
    return stream;
}

static void end(uint64_t stream)
{
    CHECK_STATUS(omzlv_finalize(stream, error, TEXT), 0);
    CHECK(error[0] == 0);
}

static int told(uint64_t stream, const char* part)
{
    int32_t needed = 0;
    CHECK(omzlv_last_error(stream, text, TEXT, &needed) == 0 && needed == (int32_t)strlen(text) + 1);
    return strstr(text, part) != 0;
}

static void library(void)
{
    char small[6];
    int32_t needed = 0;
    uint64_t bytes = 0;
    const char* good = document("asked", "uint16", "");
    CHECK(omzlv_version(text, TEXT, &needed) == 0 && needed == (int32_t)strlen(text) + 1 && strcmp(text, omz_version()) == 0);
    CHECK(omzlv_version(small, 6, &needed) == 0 && strlen(small) == 5 && needed > 6);
    CHECK(omzlv_status_name(-10, text, TEXT, 0) == 0 && strcmp(text, "OMZ_E_NO_SPACE") == 0);
    CHECK(omzlv_escape("C:\\data\\\"x\"", text, TEXT, &needed) == 0 && strcmp(text, "C:\\\\data\\\\\\\"x\\\"") == 0);
    CHECK(omzlv_escape("\xff", text, TEXT, &needed) == OMZ_E_INVALID_ARGUMENT);
    CHECK(omzlv_check_settings(good, error, TEXT) == 0 && error[0] == 0);
    CHECK(omzlv_check_settings("{}", error, TEXT) == OMZ_E_INVALID_SETTINGS && strstr(error, "root_path") != 0);
    CHECK(omzlv_estimate_memory(good, &bytes, error, TEXT) == 0 && bytes > 0);
    CHECK(omzlv_describe_layout(good, small, 6, &needed, error, TEXT) == 0 && small[0] == 0 && needed > 6);
    CHECK(omzlv_log_file(in_scratch("log.txt"), 1, error, TEXT) == 0);
}

#define TYPE(name, type, dtype)                                                                                             \
    do {                                                                                                                    \
        static type pixels[COUNT];                                                                                          \
        uint64_t stream = begun(document("of_" #name, dtype, ""));                                                          \
        pixels[COUNT - 1] = 7;                                                                                              \
        CHECK_STATUS(omzlv_append_##name(stream, pixels, COUNT), 0);                                                        \
        CHECK_STATUS(omzlv_append_##name##_ex(stream, pixels, COUNT, 2, 0.5, nan_of_labview(), 1.0, 2.0, 3.0, 99, "{\"a\": 1}"), 0); \
        CHECK_STATUS(omzlv_append_##name##_ex(stream, pixels, COUNT, -1, nan_of_labview(), nan_of_labview(), nan_of_labview(),       \
                                              nan_of_labview(), nan_of_labview(), -1, ""), 0);                              \
        CHECK_STATUS(omzlv_append_##name(stream, pixels, COUNT - 1), OMZ_E_FRAME_SIZE);                                      \
        CHECK_STATUS(omzlv_append_##name(stream, pixels, -1), OMZ_E_INVALID_ARGUMENT);                                       \
        CHECK_STATUS(omzlv_stat(stream, "frames_appended", &appended), 0);                                                  \
        CHECK(appended == 3);                                                                                               \
        end(stream);                                                                                                        \
    } while (0)

static void types(void)
{
    uint64_t appended = 0, stream;
    int16_t wrong[COUNT] = {0};
    uint32_t rgb[COUNT] = {0};
    TYPE(u8, uint8_t, "uint8");
    TYPE(u16, uint16_t, "uint16");
    TYPE(u32, uint32_t, "uint32");
    TYPE(u64, uint64_t, "uint64");
    TYPE(i8, int8_t, "int8");
    TYPE(i16, int16_t, "int16");
    TYPE(i32, int32_t, "int32");
    TYPE(i64, int64_t, "int64");
    TYPE(sgl, float, "float32");
    TYPE(dbl, double, "float64");

    stream = begun(document("mistyped", "uint16", ""));
    CHECK_STATUS(omzlv_append_i16(stream, wrong, COUNT), OMZ_E_INVALID_ARGUMENT);
    CHECK(told(stream, "int16") && told(stream, "uint16"));
    end(stream);
    CHECK(told(stream, "int16")); /* the message outlives the stream */

    /* an IMAQ colour image: one U32 a pixel */
    sprintf(settings,
            "{\"root_path\": \"%s\", \"overwrite\": true, \"dtype\": \"uint8\", \"dimensions\": [{\"name\": \"t\"}, {\"name\": \"c\", "
            "\"count\": 3}, {\"name\": \"y\", \"count\": 4}, {\"name\": \"x\", \"count\": 8}], \"frame\": {\"pixel_format\": \"bgrx8\"}}",
            in_scratch("imaq.ome.zarr"));
    stream = begun(settings);
    CHECK_STATUS(omzlv_append_u32(stream, rgb, COUNT), 0);
    end(stream);
}

static void life(void)
{
    uint16_t padded[ROWS * 16] = {0};
    int64_t at[1] = {5}, index = -1, height = 0, width = 0;
    int32_t type = -1, needed = 0;
    uint64_t bytes = 0, value = 0, stream = begun(document("life", "uint16", ""));
    double progress = -1, none = nan_of_labview();
    CHECK(omzlv_output_path(stream, text, TEXT, &needed) == 0 && strcmp(text, in_scratch("life.ome.zarr")) == 0);
    CHECK(omzlv_monitor_url(stream, text, TEXT, &needed) == 0 && text[0] == 0 && needed == 1);
    CHECK(omzlv_frame_format(stream, &type, &height, &width, &bytes) == 0);
    CHECK(type == 2 && height == ROWS && width == COLUMNS && bytes == COUNT * 2);
    CHECK_STATUS(omzlv_frame_index(stream, at, 1, &index), 0);
    CHECK(index == 5);
    CHECK_STATUS(omzlv_append_address(stream, (uint64_t)(uintptr_t)padded, sizeof padded, 32, 0, 0.1, none, none, none, none, -1, ""), 0);
    CHECK_STATUS(omzlv_skip(stream, 2), 0);
    CHECK_STATUS(omzlv_set_metadata(stream, "lab", "{\"user\": \"me\"}"), 0);
    CHECK_STATUS(omzlv_set_image_metadata(stream, "", "image", "1"), 0);
    CHECK_STATUS(omzlv_set_end_reason(stream, "the user stopped it"), 0);
    CHECK_STATUS(omzlv_flush(stream, -1), 0);
    CHECK_STATUS(omzlv_stat(stream, "frames_skipped", &value), 0);
    CHECK(value == 2);
    CHECK_STATUS(omzlv_stat(stream, "frames_lost", &value), OMZ_E_INVALID_ARGUMENT);
    CHECK(told(stream, "frames_written"));
    CHECK(omzlv_stats_json(stream, text, TEXT, &needed) == 0 && strstr(text, "\"frames_appended\":1") != 0);
    CHECK(omzlv_first_error(stream, text, TEXT, &needed) == 0 && text[0] == 0);
    CHECK_STATUS(omzlv_finalize_begin(stream), 0);
    while ((type = omzlv_finalize_poll(stream, 10, &progress)) == OMZ_E_TIMEOUT)
        CHECK(progress >= 0 && progress <= 1);
    CHECK_STATUS(type, 0);
    CHECK(progress == 1);

    stream = begun(document("given_up", "uint16", ""));
    CHECK_STATUS(omzlv_abort(stream, error, TEXT), 0);
    stream = begun(document("given_up", "uint16", ""));
    CHECK_STATUS(omzlv_abort_begin(stream), 0);
    CHECK_STATUS(omzlv_finalize_poll(stream, -1, &progress), OMZ_E_FINALIZED);
    CHECK(told(stream, "aborted"));

    sprintf(settings,
            "{\"root_path\": \"%s\", \"overwrite\": true, \"dtype\": \"uint8\", \"dimensions\": [{\"name\": \"t\"}, {\"name\": \"y\", "
            "\"count\": 4}, {\"name\": \"x\", \"count\": 8}], \"arrays\": [{\"key\": \"left\"}]}",
            in_scratch("cameras.ome.zarr"));
    stream = begun(settings);
    CHECK_STATUS(omzlv_array(stream, "right", &value), OMZ_E_INVALID_ARGUMENT);
    CHECK(told(stream, "left"));
    CHECK_STATUS(omzlv_array(stream, "left", &value), 0);
    CHECK_STATUS(omzlv_append_u8(value, (const uint8_t*)padded, COUNT), 0);
    end(stream);
}

static void without_a_copy(void)
{
    static uint16_t lent[3][COUNT];
    int32_t count = 0, slot = -1, i;
    uint64_t slot_bytes = 0, address = 0, same = 0, tokens[4] = {0};
    double none = nan_of_labview();
    uint64_t stream = begun(document("slots", "uint16", ", \"pipeline\": {\"ring_frames\": 4}"));
    CHECK(omzlv_slot_count(stream, &count, &slot_bytes) == 0 && count == 4 && slot_bytes >= COUNT * 2);
    CHECK_STATUS(omzlv_slot_acquire(stream, -1, &slot, &address), 0);
    CHECK_STATUS(omzlv_slot_address(stream, slot, &same), 0);
    CHECK(address == same && omzlv_slot_address(stream, 4, &same) == OMZ_E_SLOT);
    memset((void*)(uintptr_t)address, 1, COUNT * 2);
    CHECK_STATUS(omzlv_slot_commit(stream, slot, 0, -1, 0.25, none, none, none, none, -1, ""), 0);
    CHECK_STATUS(omzlv_slot_acquire(stream, -1, &slot, &address), 0);
    CHECK_STATUS(omzlv_slot_commit(stream, slot, 32, -1, none, none, none, none, none, -1, ""), 0);
    CHECK_STATUS(omzlv_slot_acquire(stream, -1, &slot, &address), 0);
    CHECK_STATUS(omzlv_slot_cancel(stream, slot), 0);
    CHECK_STATUS(omzlv_slot_cancel(stream, slot), OMZ_E_SLOT);
    end(stream);

    stream = begun(document("lent", "uint16", ", \"pipeline\": {\"borrowed_buffers\": 3}"));
    for (i = 0; i < 3; i++)
        CHECK_STATUS(omzlv_lend(stream, (uint64_t)(uintptr_t)lent[i], sizeof lent[i], 0, -1, none, none, none, none, none, -1, "",
                                (uint64_t)(40 + i)), 0);
    for (i = 0; i < 3; i += count) {
        CHECK_STATUS(omzlv_released(stream, tokens, 4, 30000, &count), 0);
        CHECK(tokens[0] >= 40 && tokens[0] < 43);
    }
    CHECK_STATUS(omzlv_released(stream, tokens, 4, 0, &count), OMZ_E_TIMEOUT);
    end(stream);
}

int main(int argc, char** argv)
{
    begin(argc, argv);
    library();
    types();
    life();
    without_a_copy();
    CHECK(omzlv_log_file("", 1, error, TEXT) == 0 && exists("log.txt"));
    return done();
}
