/* Texts: the size that is needed, cut or left out when there is no room, closed with 0, and never a byte beyond the capacity. */
#include "support.h"

#include <string.h>

enum { MOST = 4096 };

static void errors_are_cut(void)
{
    char text[MOST + 1];
    int32_t needed = omz_last_error(0, 0);
    CHECK(needed > 1 && needed <= MOST);
    for (int32_t capacity = 1; capacity <= needed + 2; capacity++) {
        memset(text, '#', sizeof text);
        CHECK(omz_last_error(text, capacity) == needed);
        CHECK(strlen(text) <= (size_t)(capacity < needed ? capacity : needed) - 1);
        CHECK(capacity < needed || (int32_t)strlen(text) == needed - 1);
        CHECK(text[capacity] == '#');
    }
}

static void plans_are_left_out(const char* settings)
{
    static char text[65536];
    int32_t needed = omz_describe_layout(settings, 0, 0);
    CHECK(needed > 100 && needed < (int32_t)sizeof text);
    memset(text, '#', sizeof text);
    CHECK(omz_describe_layout(settings, text, needed - 1) == needed);
    CHECK(text[0] == 0 && text[1] == '#');
    CHECK(omz_describe_layout(settings, text, needed) == needed);
    CHECK((int32_t)strlen(text) == needed - 1 && text[needed] == '#');
    CHECK(text[0] == '{' && text[needed - 2] == '}');
    CHECK(strstr(text, "\"shape\"") != 0 && strstr(text, "\"chunk_shape\"") != 0);
    CHECK_STATUS(omz_describe_layout(settings, text, -1), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_describe_layout(settings, 0, 5), OMZ_E_INVALID_ARGUMENT);
}

int main(int argc, char** argv)
{
    char text[MOST];
    uint64_t stream;
    begin(argc, argv);
    CHECK(omz_version() == omz_version() && omz_version()[0] != 0);
    CHECK(omz_abi_version() >= OMZ_ABI_VERSION);

    /* a message with characters of several bytes is cut between characters */
    CHECK_STATUS(omz_validate_settings("{\"\xC3\xA9\xC3\xA9\xE2\x82\xAC\xE2\x82\xAC\xF0\x9F\x94\xAC\": 1}"), OMZ_E_INVALID_SETTINGS);
    errors_are_cut();
    plans_are_left_out(settings_of("texts", 3, ""));

    stream = create(settings_of("texts", 1, ""));
    CHECK(omz_stream_error(stream, text, MOST) == 1 && text[0] == 0);
    CHECK(omz_get_stats_json(stream, text, 1) > 1 && text[0] == 0);
    CHECK_STATUS(omz_stream_error(stream, text, -5), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    return done();
}
