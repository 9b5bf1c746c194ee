/* Any settings: what one call says of a document, the others say, too, and as often as they are asked. */
#define _POSIX_C_SOURCE 200809L

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check_description(const char* document, int32_t estimated)
{
    int32_t size = omz_describe_layout(document, 0, 0), again;
    char* plan;
    if (estimated != OMZ_OK) {
        FUZZ_CHECK(size == estimated, "estimate %d, layout %d of %s", estimated, size, document);
        return;
    }
    FUZZ_CHECK(size > 2, "a layout of %d bytes of %s", size, document);
    plan = malloc((size_t)size + 1);
    FUZZ_CHECK(plan != NULL, "no memory");
    memset(plan, 0x7E, (size_t)size + 1);
    again = omz_describe_layout(document, plan, size);
    FUZZ_CHECK(again == size && plan[size] == 0x7E, "%d bytes, then %d of %s", size, again, document);
    FUZZ_CHECK(strlen(plan) == (size_t)size - 1 && plan[0] == '{', "an incomplete layout of %s", document);
    memset(plan, 0x7E, (size_t)size + 1);
    FUZZ_CHECK(omz_describe_layout(document, plan, size - 1) == size, "too little room, %s", document);
    FUZZ_CHECK(plan[0] == 0 && plan[1] == 0x7E, "more than a closing 0 for want of room, %s", document);
    free(plan);
}

void fuzz_settings(dice* d, const corpus* c)
{
    text document = {0, 0, 0};
    char first[8192] = "", second[8192] = "";
    const text* base = &c->documents[draw(d, c->count)];
    uint64_t bytes = 0;
    int32_t status, estimated;
    text_set(&document, base->bytes, base->length);
    mutate(d, c, &document);
    status = omz_validate_settings(document.bytes);
    check_answer("omz_validate_settings", status);
    FUZZ_CHECK(status == OMZ_OK || status == OMZ_E_INVALID_SETTINGS || status == OMZ_E_NOT_SUPPORTED || status == OMZ_E_OUT_OF_MEMORY, "%d for %s", status, document.bytes);
    omz_last_error(first, (int32_t)sizeof first);

    estimated = omz_estimate_memory(document.bytes, &bytes);
    check_answer("omz_estimate_memory", estimated);
    FUZZ_CHECK(estimated == status && (status == OMZ_OK) == (bytes > 0), "valid %d, estimate %d, %llu bytes of %s", status, estimated, (unsigned long long)bytes, document.bytes);
    if (status != OMZ_OK) {
        omz_last_error(second, (int32_t)sizeof second);
        FUZZ_CHECK(strcmp(first, second) == 0, "%s first and\n%s then of %s", first, second, document.bytes);
    }
    check_description(document.bytes, estimated);
    text_free(&document);
}
