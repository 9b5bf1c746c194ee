/* Three cameras of different shape and type in one stream: appended by key and by handle, from a thread each; wrong keys are refused. */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { FRAMES = 200, SMALL = 8 };

static const char* const keys[] = {"left", "right", "overview"};
static const uint64_t sizes[] = {FRAME_BYTES, SMALL * SMALL, SMALL * WIDTH * 4};

static const char* settings(void)
{
    static char text[2048];
    snprintf(text, sizeof text,
             "{\"root_path\": \"%s\", \"overwrite\": true, \"arrays\": ["
             "{\"key\": \"left\", \"dtype\": \"uint16\","
             " \"dimensions\": [{\"name\": \"t\"}, {\"name\": \"y\", \"count\": %d}, {\"name\": \"x\", \"count\": %d}]},"
             "{\"key\": \"right\", \"dtype\": \"uint8\", \"compression\": \"blosc-lz4\","
             " \"dimensions\": [{\"name\": \"t\", \"count\": %d, \"chunk_size\": 7}, {\"name\": \"y\", \"count\": 8}, {\"name\": \"x\", \"count\": 8}]},"
             "{\"key\": \"overview\", \"dtype\": \"float32\", \"compression\": \"zstd\","
             " \"dimensions\": [{\"name\": \"t\"}, {\"name\": \"y\", \"count\": 8}, {\"name\": \"x\", \"count\": %d}]}]}",
             in_scratch("cameras.ome.zarr"), HEIGHT, WIDTH, FRAMES, WIDTH);
    return text;
}

static uint64_t stream, arrays[3];

static void* append_all(void* argument)
{
    const int camera = *(const int*)argument;
    static const uint16_t pixels[PIXELS];
    for (int i = 0; i < FRAMES; i++)
        CHECK_STATUS(omz_append_frame(arrays[camera], pixels, sizes[camera]), OMZ_OK);
    return 0;
}

static void refuse_wrong_keys(void)
{
    uint64_t array = 17;
    uint16_t pixels[PIXELS] = {0};
    CHECK_STATUS(omz_append_frame(stream, pixels, sizeof pixels), OMZ_E_INVALID_ARGUMENT);
    CHECK(strstr(last_error(), "left, right, overview") != NULL);
    CHECK_STATUS(omz_skip_frames(stream, 1), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_list_slots(stream, 0, 0, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_array_stream(stream, "middle", &array), OMZ_E_INVALID_ARGUMENT);
    CHECK(strstr(last_error(), "middle") != NULL && strstr(last_error(), "left, right, overview") != NULL);
    CHECK_STATUS(omz_array_stream(stream, 0, &array), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_array_stream(stream, "left", 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_array_stream(stream + 1, "left", &array), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_append_frame_to(stream, "middle", pixels, sizeof pixels), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_append_frame_to(stream, "right", pixels, sizeof pixels), OMZ_E_FRAME_SIZE);
    CHECK(array == 17);
}

/* An array's handle takes frames and tells of them; the end is the stream's alone. */
static void refuse_to_end_an_array(void)
{
    CHECK_STATUS(omz_finalize(arrays[0]), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_finalize_begin(arrays[0]), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_finalize_poll(arrays[0], 0, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_abort(arrays[0]), OMZ_E_INVALID_ARGUMENT);
}

static void use_every_way_in(void)
{
    static const float picture[SMALL * WIDTH];
    void* pixels = 0;
    int32_t slot = -1, count = 0;
    uint64_t token = 0;
    omz_frame frame = OMZ_FRAME_INIT;
    CHECK_STATUS(omz_append_frame_to(stream, "overview", picture, sizeof picture), OMZ_OK);
    CHECK_STATUS(omz_acquire_slot(arrays[2], -1, &pixels, 0, &slot), OMZ_OK);
    memset(pixels, 0, sizeof picture);
    frame.size_bytes = sizeof picture;
    frame.delta_t = 0.5;
    frame.flags = OMZ_FRAME_HAS_DELTA_T;
    CHECK_STATUS(omz_commit_slot(arrays[2], slot, &frame), OMZ_OK);
    frame.pixels = picture;
    frame.metadata_json = "[]";
    CHECK_STATUS(omz_append_borrowed(arrays[2], &frame, 5), OMZ_FRAME_METADATA_LOST);
    CHECK_STATUS(omz_poll_released(arrays[2], &token, 1, -1, &count), OMZ_OK);
    CHECK(token == 5 && count == 1);
    frame.metadata_json = "{\"event\": 7}";
    CHECK_STATUS(omz_append_borrowed(arrays[2], &frame, 6), OMZ_OK);
    CHECK_STATUS(omz_skip_frames(arrays[2], 3), OMZ_OK);
}

/* By its own handle an array finds only its own images. */
static void describe_images(void)
{
    CHECK_STATUS(omz_set_image_metadata(stream, "left", "lab", "1"), OMZ_OK);
    CHECK_STATUS(omz_set_image_metadata(stream, "overview", "lab", "1"), OMZ_OK);
    CHECK_STATUS(omz_set_image_metadata(arrays[0], "left", "lab", "2"), OMZ_OK);
    CHECK_STATUS(omz_set_image_metadata(arrays[0], "overview", "lab", "2"), OMZ_E_INVALID_ARGUMENT);
    CHECK(strstr(last_error(), "overview") != NULL);
    CHECK_STATUS(omz_set_metadata(arrays[0], "lab", "3"), OMZ_OK);
}

static void check_counts(void)
{
    char text[8192];
    omz_stats stats = OMZ_STATS_INIT;
    for (int i = 0; i < 3; i++) {
        CHECK_STATUS(omz_get_stats(arrays[i], &stats), OMZ_OK);
        CHECK(stats.frames_appended == (i == 2 ? FRAMES + 4 : FRAMES));
        CHECK(stats.bytes_in == stats.frames_appended * sizes[i]);
    }
    CHECK_STATUS(omz_get_stats(stream, &stats), OMZ_OK);
    CHECK(stats.frames_appended == 3 * FRAMES + 4 && stats.frames_skipped == 3);
    CHECK(omz_get_stats_json(stream, text, sizeof text) <= (int32_t)sizeof text);
    CHECK(strstr(text, "\"arrays\":[{\"key\":\"left\",") != NULL);
    CHECK(omz_get_stats_json(arrays[1], text, sizeof text) > 0 && strstr(text, "\"arrays\"") == NULL);
}

int main(int argc, char** argv)
{
    pthread_t threads[3];
    int numbers[3] = {0, 1, 2}, count = 0;
    uint64_t again = 0, token = 0;
    begin(argc, argv);
    stream = create(settings());
    refuse_wrong_keys();
    for (int i = 0; i < 3; i++)
        CHECK_STATUS(omz_array_stream(stream, keys[i], &arrays[i]), OMZ_OK);
    CHECK_STATUS(omz_array_stream(stream, "left", &again), OMZ_OK);
    CHECK(again == arrays[0]);
    refuse_to_end_an_array();
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], 0, append_all, &numbers[i]) == 0);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], 0);
    use_every_way_in();
    describe_images();
    CHECK_STATUS(omz_append_frame_meta(arrays[1], arrays, sizes[1], "{\"delta_t\": 1}"), OMZ_E_TOO_MANY_FRAMES);
    CHECK_STATUS(omz_flush(arrays[0], -1), OMZ_OK);
    check_counts();
    CHECK_STATUS(omz_append_frame_to(stream, "right", arrays, sizes[1]), OMZ_E_TOO_MANY_FRAMES);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    for (int i = 0; i < 3; i++)
        CHECK_STATUS(omz_skip_frames(arrays[i], 1), OMZ_E_INVALID_HANDLE);
    CHECK_STATUS(omz_poll_released(arrays[2], &token, 1, 0, &count), OMZ_OK);
    CHECK(token == 6 && "tokens outlive the stream, by the handle that they were lent to");
    CHECK(exists("cameras.ome.zarr/left/0/c/199/0/0") && exists("cameras.ome.zarr/right/0/c/28/0/0") && exists("cameras.ome.zarr/OME/zarr.json"));
    CHECK(exists("cameras.ome.zarr/OME/frame_metadata/overview/delta_t/zarr.json") && exists("cameras.ome.zarr/OME/frame_metadata/overview/json/c/0"));
    CHECK(!exists("cameras.ome.zarr/OME/frame_metadata/left") && !exists("cameras.ome.zarr/OME/frame_metadata/right"));

    stream = create(settings_of("single", 4, ""));
    CHECK_STATUS(omz_array_stream(stream, "left", &again), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_abort(stream), OMZ_OK);
    return done();
}
