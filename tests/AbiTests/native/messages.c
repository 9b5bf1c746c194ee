/* Every problem of a settings document is told at once: by its JSON path, with what was given and what is allowed. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#define DIMENSIONS                                                                                   \
    "{\"name\": \"t\", \"type\": \"time\", \"count\": -3}, {\"name\": \"y\", \"count\": 32, \"unti\": \"um\"}, " \
    "{\"name\": \"x\", \"count\": 48, \"chunk_size\": 0}"

int main(int argc, char** argv)
{
    static const char* const told[] = {
        "dimensions[0].count", "-3",         /* path and value */
        "dimensions[1]: unknown key `unti`",  "`unit`",       /* an unknown key and its nearest known name */
        "dimensions[2].chunk_size",          /* */
        "dtype",               "uint61",     /* */
        "compresion",          "compression", /* */
        "pipeline.backpressure", "block",    /* what is allowed */
    };
    char settings[4096];
    uint64_t stream = 0, bytes = 0;
    begin(argc, argv);
    snprintf(settings, sizeof settings,
             "{\"root_path\": \"%s\", \"dtype\": \"uint61\", \"compresion\": \"zstd\", \"dimensions\": [" DIMENSIONS
             "], \"pipeline\": {\"backpressure\": \"wait\"}}",
             in_scratch("bad.ome.zarr"));

    CHECK_STATUS(omz_validate_settings(settings), OMZ_E_INVALID_SETTINGS);
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (strstr(last_error(), told[i]) == 0)
            printf("%s is not told\n", told[i]);
        CHECK(strstr(last_error(), told[i]) != 0);
    }
    CHECK_STATUS(omz_create(settings, &stream), OMZ_E_INVALID_SETTINGS);
    CHECK(strstr(last_error(), "dimensions[0].count") != 0);
    CHECK_STATUS(omz_estimate_memory(settings, &bytes), OMZ_E_INVALID_SETTINGS);
    CHECK_STATUS(omz_describe_layout(settings, 0, 0), OMZ_E_INVALID_SETTINGS);
    CHECK(stream == 0 && bytes == 0 && !exists("bad.ome.zarr"));

    CHECK_STATUS(omz_validate_settings("not json"), OMZ_E_INVALID_SETTINGS);
    CHECK(strstr(last_error(), "line 1") != 0);
    CHECK_STATUS(omz_validate_settings(settings_of("good", 3, "")), OMZ_OK);

    /* a frame that is refused: what was given and what is needed */
    stream = create(settings_of("frames", 1, ""));
    CHECK_STATUS(omz_append_frame(stream, settings, 3000), OMZ_E_FRAME_SIZE);
    CHECK(strstr(last_error(), "3000") != 0 && strstr(last_error(), "3072") != 0);
    CHECK_STATUS(omz_set_metadata(stream, "ome", "{}"), OMZ_E_RESERVED_NAME);
    CHECK_STATUS(omz_set_metadata(stream, "zarr", "{}"), OMZ_E_RESERVED_NAME);
    CHECK_STATUS(omz_set_metadata(stream, "ome_writers", "{}"), OMZ_E_RESERVED_NAME);
    CHECK_STATUS(omz_set_metadata(stream, "", "{}"), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_set_metadata(stream, "lab", "{\"open\": "), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(append_seed(stream, 1), OMZ_OK);
    CHECK_STATUS(append_seed(stream, 1), OMZ_E_TOO_MANY_FRAMES);
    CHECK_STATUS(omz_skip_frames(stream, 1), OMZ_E_TOO_MANY_FRAMES);
    CHECK_STATUS(omz_skip_frames(stream, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_skip_frames(stream, UINT64_MAX), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_flush(stream, -2), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK); /* a refused call does not make the stream fail */
    return done();
}
