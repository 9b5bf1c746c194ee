/*
 * A chunk of more frames than the ring holds: either the library copes (it copies frames out early) and stores every frame, or it says
 * OMZ_E_STALLED or OMZ_E_OUT_OF_MEMORY; it never hangs.
 */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <unistd.h>

int main(int argc, char** argv)
{
    static const char* const more = ", \"pipeline\": {\"workers\": 1, \"ring_frames\": 2, \"append_timeout_ms\": -1}";
    uint64_t stream = 0;
    int32_t status = OMZ_OK;
    uint64_t taken = 0;
    begin(argc, argv);
    alarm(60);
    status = omz_create(large_settings_of("stalled", 64, HEIGHT, WIDTH, 32, more), &stream);
    CHECK(status == OMZ_OK || status == OMZ_E_OUT_OF_MEMORY);
    if (status != OMZ_OK)
        return done();
    for (; taken < 64 && status == OMZ_OK; taken += status == OMZ_OK)
        status = append_seed(stream, taken);
    CHECK(status == OMZ_OK || status == OMZ_E_STALLED);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    return done();
}
