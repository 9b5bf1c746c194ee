/* What lies at the output path: refused, replaced when asked for, and never replaced when it is not a Zarr. */
#define _POSIX_C_SOURCE 200809L

#include "platform.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

/* The same settings with overwrite false. */
static const char* careful(const char* settings)
{
    static char text[16384];
    const char* found = strstr(settings, "\"overwrite\": true");
    CHECK(found != 0);
    snprintf(text, sizeof text, "%.*s\"overwrite\": false%s", (int)(found - settings), settings,
             found + strlen("\"overwrite\": true"));
    return text;
}

int main(int argc, char** argv)
{
    uint64_t stream = 0;
    FILE* thesis;
    begin(argc, argv);
    stream = create(careful(settings_of("data", 1, "")));
    CHECK_STATUS(append_seed(stream, 1), OMZ_OK);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);

    stream = 0;
    CHECK_STATUS(omz_create(careful(settings_of("data", 1, "")), &stream), OMZ_E_ALREADY_EXISTS);
    CHECK(stream == 0 && strstr(last_error(), "data.ome.zarr") != 0 && is_stored("data", 0, 1));
    stream = create(settings_of("data", 1, ""));
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK(!is_stored("data", 0, 1));

    make_folder(in_scratch("home.ome.zarr"));
    thesis = fopen(in_scratch("home.ome.zarr/thesis.txt"), "w");
    CHECK(thesis != 0 && fputs("ten years of work", thesis) >= 0 && fclose(thesis) == 0);
    stream = 0;
    CHECK_STATUS(omz_create(settings_of("home", 1, ""), &stream), OMZ_E_NOT_A_ZARR);
    CHECK(stream == 0 && exists("home.ome.zarr/thesis.txt"));
    CHECK(!exists("home.ome.zarr/zarr.json"));
    return done();
}
