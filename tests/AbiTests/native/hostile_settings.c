/* Any bytes as settings: every truncation of a good document, every byte of it changed, and some that are known to hurt. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void survives(const char* settings)
{
    uint64_t bytes = 0;
    int32_t status = omz_validate_settings(settings);
    CHECK(status == OMZ_OK || status == OMZ_E_INVALID_SETTINGS || status == OMZ_E_NOT_SUPPORTED);
    CHECK(status == OMZ_OK || last_error()[0] != 0);
    if (status != OMZ_OK)
        return;
    status = omz_estimate_memory(settings, &bytes);
    CHECK(status == OMZ_OK ? bytes > 0 : status == OMZ_E_OUT_OF_MEMORY || status == OMZ_E_NOT_SUPPORTED);
}

static void deep(void)
{
    enum { DEPTH = 100000 };
    char* text = malloc(2 * DEPTH + 1);
    CHECK(text != 0);
    memset(text, '[', DEPTH);
    memset(text + DEPTH, ']', DEPTH);
    text[2 * DEPTH] = 0;
    CHECK_STATUS(omz_validate_settings(text), OMZ_E_INVALID_SETTINGS);
    free(text);
}

static void enormous(void)
{
    static const char* const sizes[] = {"9007199254740991", "9223372036854775807", "9223372036854775808", "1e308", "4294967296",
                                        "2147483648",       "-1",                  "0",                   "0.5",   "null"};
    char text[1024];
    for (int a = 0; a < 10; a++)
        for (int b = 0; b < 10; b++) {
            snprintf(text, sizeof text,
                     "{\"root_path\": \"/nowhere/a.ome.zarr\", \"dtype\": \"float64\", \"dimensions\": [{\"name\": \"t\", \"count\": %s, "
                     "\"chunk_size\": %s}, {\"name\": \"y\", \"count\": %s, \"shard_size_chunks\": %s}, {\"name\": \"x\", \"count\": %s}]}",
                     sizes[a], sizes[b], sizes[(a + b) % 10], sizes[b], sizes[a]);
            survives(text);
        }
}

int main(int argc, char** argv)
{
    static const char* const known[] = {"", " ", "{", "}", "null", "[]", "\"\"", "0", "{}", "{\"\":{}}", "\xEF\xBB\xBF{}", "\xFF",
                                        "{\"dimensions\": {}}", "{\"dimensions\": [[[]]]}", "{\"dtype\": 5}", "{\"root_path\": \"\\ud800\"}",
                                        "{\"root_path\": \"a\\u0000b\"}", "{\"a\":1,\"a\":2}", "{} {}", "// c\n{}", "{\"root_path\": \"..\"}"};
    char* document;
    size_t length;
    begin(argc, argv);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        CHECK(omz_validate_settings(known[i]) < 0 && last_error()[0] != 0);
    deep();
    enormous();

    document = malloc(strlen(settings_of("hostile", 3, ", \"compression\": {\"name\": \"blosc\"}")) + 1);
    CHECK(document != 0);
    strcpy(document, settings_of("hostile", 3, ", \"compression\": {\"name\": \"blosc\"}"));
    length = strlen(document);
    CHECK_STATUS(omz_validate_settings(document), OMZ_OK);
    for (size_t i = 0; i < length; i++) {
        static const char replacements[] = {'"', '{', '}', '[', ',', '0', '-', '\\', '\x80', '\x01'};
        char kept = document[i];
        document[i] = 0;
        survives(document);
        for (size_t r = 0; r < sizeof replacements; r++) {
            document[i] = replacements[r];
            survives(document);
        }
        document[i] = kept;
    }
    free(document);
    CHECK(!exists("hostile.ome.zarr"));
    return done();
}
