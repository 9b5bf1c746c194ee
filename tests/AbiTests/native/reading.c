/* What was written is read back through the reader: regions, frames, metadata, what is missing, growth, and what is refused. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[1 << 16];

static const char* json_of(uint64_t dataset, int32_t image)
{
    int32_t needed = omz_dataset_json(dataset, image, -1, 0, 0);
    CHECK(needed > 0 && needed <= (int32_t)sizeof text);
    CHECK(omz_dataset_json(dataset, image, 60000, text, needed) == needed);
    return text;
}

static uint64_t open_dataset(const char* name)
{
    uint64_t dataset = 0;
    CHECK_STATUS(omz_open(in_scratch(name), 60000, &dataset), OMZ_OK);
    return dataset;
}

static void check_frame(uint64_t dataset, int64_t index, uint64_t seed)
{
    uint16_t expected[PIXELS], found[PIXELS];
    uint64_t missing = 99;
    fill(expected, PIXELS, seed);
    CHECK_STATUS(omz_read_frame(dataset, 0, 0, index, found, sizeof found, index % 2 ? -1 : 60000, &missing), OMZ_OK);
    CHECK(missing == 0 && memcmp(expected, found, sizeof found) == 0);
    memset(found, 0, sizeof found);
    CHECK_STATUS(omz_read_frame_at(dataset, 0, 0, &index, 1, found, sizeof found, -1, 0), OMZ_OK);
    CHECK(memcmp(expected, found, sizeof found) == 0);
}

static void check_missing(uint64_t dataset, int64_t index)
{
    uint16_t found[PIXELS];
    uint64_t missing = 0;
    memset(found, 1, sizeof found);
    CHECK_STATUS(omz_read_frame(dataset, 0, 0, index, found, sizeof found, -1, &missing), OMZ_OK);
    CHECK(missing == 1);
    for (int i = 0; i < PIXELS; i++)
        CHECK(found[i] == 0);
}

/* Every third row from row 1 on, every second column, the columns lying apart in the buffer, rows beside each other. */
static void check_region(uint64_t dataset, uint64_t seed)
{
    enum { ROWS = 10, COLUMNS = 20 };
    uint16_t pixels[PIXELS], found[COLUMNS][ROWS];
    int64_t start[] = { 0, 1, 4 }, count[] = { 1, ROWS, COLUMNS }, step[] = { 1, 3, 2 };
    int64_t strides[] = { 0, sizeof(uint16_t), ROWS * sizeof(uint16_t) };
    fill(pixels, PIXELS, seed);
    CHECK_STATUS(omz_read_region(dataset, 0, 0, 3, start, count, step, found, sizeof found, strides, 60000, 0), OMZ_OK);
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++)
            CHECK(found[column][row] == pixels[(1 + 3 * row) * WIDTH + 4 + 2 * column]);

    CHECK_STATUS(omz_read_region(dataset, 0, 0, 3, start, count, step, found, sizeof found - 1, strides, -1, 0),
        OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_read_region(dataset, 0, 0, 2, start, count, 0, found, sizeof found, 0, -1, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_read_region(dataset, 0, 0, 3, start, 0, 0, found, sizeof found, 0, -1, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_read_region(dataset, 0, 0, 99, start, count, 0, found, sizeof found, 0, -1, 0), OMZ_E_INVALID_ARGUMENT);
    start[1] = HEIGHT;
    CHECK_STATUS(omz_read_region(dataset, 0, 0, 3, start, count, step, found, sizeof found, strides, -1, 0),
        OMZ_E_INVALID_ARGUMENT);
    CHECK(strstr(last_error(), "Axis 1") != 0);
    strides[0] = -1;
    start[1] = 0;
    CHECK_STATUS(omz_read_region(dataset, 0, 0, 3, start, count, step, found, sizeof found, strides, -1, 0),
        OMZ_E_INVALID_ARGUMENT);
}

static void check_metadata(uint64_t dataset)
{
    int32_t needed = omz_frame_metadata(dataset, 0, 1, 60000, 0, 0);
    CHECK(needed > 3 && omz_frame_metadata(dataset, 0, 1, -1, text, sizeof text) == needed);
    CHECK(strstr(text, "\"delta_t\":1.5") != 0 && strstr(text, "\"note\":\"bleached\"") != 0);
    CHECK(strstr(text, "\"image\":0") != 0 && strstr(text, "\"storage_index\":[1]") != 0);
    CHECK(omz_frame_metadata(dataset, 0, 0, -1, text, sizeof text) == 3 && strcmp(text, "{}") == 0);
    CHECK_STATUS(omz_frame_metadata(dataset, 0, -1, -1, text, sizeof text), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_frame_metadata(dataset, "left", 0, -1, text, sizeof text), OMZ_E_NOT_FOUND);
}

static void put(const char* name, const char* content)
{
    FILE* file = fopen(in_scratch(name), "wb");
    CHECK(file != 0 && fputs(content, file) >= 0 && fclose(file) == 0);
}

static void check_refused(void)
{
    uint16_t found[PIXELS];
    uint64_t dataset = 7;
    CHECK_STATUS(omz_open(in_scratch("nowhere.ome.zarr"), 60000, &dataset), OMZ_E_NOT_FOUND);
    CHECK_STATUS(omz_open("", -1, &dataset), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_open(0, -1, &dataset), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_open(in_scratch("x"), -1, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_open(in_scratch("x"), -2, &dataset), OMZ_E_INVALID_ARGUMENT);
    CHECK(dataset == 7);

    put("read.ome.zarr/0/c/2/0/0", "too short");
    dataset = open_dataset("read.ome.zarr");
    CHECK_STATUS(omz_read_frame(dataset, 0, 0, 2, found, sizeof found, -1, 0), OMZ_E_DAMAGED);
    CHECK(strstr(last_error(), "0/c/2/0/0") != 0);
    check_frame(dataset, 0, 0); /* the others are as they were */
    CHECK_STATUS(omz_close(dataset), OMZ_OK);

    put("read.ome.zarr/0/zarr.json", "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [1, 1, 1]}");
    dataset = open_dataset("read.ome.zarr");
    CHECK_STATUS(omz_dataset_json(dataset, 0, -1, 0, 0), OMZ_E_FORMAT);
    CHECK(strstr(last_error(), "0/zarr.json") != 0 && strstr(last_error(), "data_type") != 0);
    CHECK_STATUS(omz_dataset_json(dataset, 1, -1, 0, 0), OMZ_E_NOT_FOUND);
    CHECK_STATUS(omz_close(dataset), OMZ_OK);
    CHECK_STATUS(omz_close(dataset), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_close(0), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_read_frame(dataset, 0, 0, 0, found, sizeof found, -1, 0), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_refresh(dataset, -1, 0), OMZ_E_INVALID_HANDLE);
}

int main(int argc, char** argv)
{
    uint64_t stream, dataset;
    omz_frame frame = OMZ_FRAME_INIT;
    uint16_t pixels[PIXELS];
    int32_t changed = 9;
    begin(argc, argv);
    stream = create(settings_of("read", 0, ""));
    CHECK_STATUS(append_seed(stream, 0), OMZ_OK);
    fill(pixels, PIXELS, 1);
    frame.pixels = pixels;
    frame.size_bytes = sizeof pixels;
    frame.flags = OMZ_FRAME_HAS_DELTA_T;
    frame.delta_t = 1.5;
    frame.metadata_json = "{\"note\": \"bleached\"}";
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_OK);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_OK);

    dataset = open_dataset("read.ome.zarr");
    CHECK_STATUS(omz_close(stream), OMZ_E_INVALID_HANDLE); /* a stream is no dataset */
    CHECK_STATUS(omz_flush(dataset, 0), OMZ_E_INVALID_HANDLE);
    CHECK(strstr(json_of(dataset, -1), "\"kind\":\"image\"") != 0 && strstr(text, "\"complete\":false") != 0);
    CHECK(strstr(json_of(dataset, 0), "\"shape\":[2,32,48]") != 0 && strstr(text, "\"data_type\":\"uint16\"") != 0);
    check_frame(dataset, 0, 0);
    check_frame(dataset, 1, 1);
    CHECK_STATUS(omz_read_frame(dataset, 0, 0, 2, pixels, sizeof pixels, -1, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_read_frame(dataset, 0, 1, 0, pixels, sizeof pixels, -1, 0), OMZ_E_NOT_FOUND);
    CHECK_STATUS(omz_read_frame(dataset, 0, 0, 0, 0, sizeof pixels, -1, 0), OMZ_E_INVALID_ARGUMENT);
    check_region(dataset, 0);
    check_metadata(dataset);

    CHECK_STATUS(append_seed(stream, 2), OMZ_OK);
    CHECK_STATUS(omz_skip_frames(stream, 1), OMZ_OK);
    CHECK_STATUS(append_seed(stream, 4), OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK_STATUS(omz_refresh(dataset, 60000, &changed), OMZ_OK);
    CHECK(changed == 1);
    CHECK_STATUS(omz_refresh(dataset, -1, &changed), OMZ_OK);
    CHECK(changed == 0);
    CHECK(strstr(json_of(dataset, -1), "\"complete\":true") != 0 && strstr(text, "\"missing_frames\":[[3,1]]") != 0);
    check_frame(dataset, 2, 2);
    check_missing(dataset, 3);
    check_frame(dataset, 4, 4);
    CHECK_STATUS(omz_close(dataset), OMZ_OK);
    check_refused();
    return done();
}
