/* A host says why it ends a stream: until the end has begun, in bounded UTF-8, by any handle of the stream. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

int main(int argc, char** argv)
{
    char longest[OMZ_END_REASON_MAX_BYTES + 2];
    uint64_t stream, array;
    begin(argc, argv);
    CHECK_STATUS(omz_set_end_reason(0, "why"), OMZ_E_INVALID_HANDLE);
    stream = create(settings_of("reason", 2, ", \"arrays\": [{\"key\": \"a\"}, {\"key\": \"b\"}]"));
    CHECK_STATUS(omz_array_stream(stream, "a", &array), OMZ_OK);
    CHECK_STATUS(omz_set_end_reason(stream, 0), OMZ_OK);
    CHECK_STATUS(omz_set_end_reason(stream, ""), OMZ_OK);
    CHECK_STATUS(omz_set_end_reason(stream, "stage: axis z does not answer (\xC2\xB5)"), OMZ_OK);
    CHECK_STATUS(omz_set_end_reason(stream, "cut \xC2"), OMZ_E_INVALID_ARGUMENT);
    CHECK(strstr(last_error(), "UTF-8") != 0);

    memset(longest, 'x', sizeof longest);
    longest[OMZ_END_REASON_MAX_BYTES + 1] = 0;
    CHECK_STATUS(omz_set_end_reason(stream, longest), OMZ_E_INVALID_ARGUMENT);
    CHECK(strstr(last_error(), "1025 bytes") != 0 && strstr(last_error(), "1024") != 0);
    longest[OMZ_END_REASON_MAX_BYTES] = 0;
    CHECK_STATUS(omz_set_end_reason(stream, longest), OMZ_OK);
    CHECK_STATUS(omz_set_end_reason(array, "the camera of a was unplugged"), OMZ_OK);

    CHECK_STATUS(omz_finalize_begin(stream), OMZ_OK);
    CHECK_STATUS(omz_set_end_reason(stream, "too late"), OMZ_E_FINALIZED);
    CHECK_STATUS(omz_finalize_poll(stream, -1, 0), OMZ_OK);
    CHECK_STATUS(omz_set_end_reason(stream, "too late"), OMZ_E_INVALID_HANDLE);
    return done();
}
