/* Abort: chunks that are whole stay, those that are not are given up, threads and files are gone, and it is no error. */
#include "platform.h"
#include "support.h"

int main(int argc, char** argv)
{
    uint64_t stream;
    long threads, files;
    begin(argc, argv);
    stream = create(settings_of("warm", 1, ""));
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    wait_for_threads(thread_count());
    threads = thread_count();
    files = open_file_count();

    stream = create(large_settings_of("aborted", 100, HEIGHT, WIDTH, 4, ""));
    for (uint64_t i = 0; i < 6; i++)
        CHECK_STATUS(append_seed(stream, i), OMZ_OK);
    CHECK_STATUS(omz_flush(stream, -1), OMZ_OK);
    CHECK(exists("aborted.ome.zarr/0/c/0/0/0")); /* whole, and therefore there */
    CHECK(!exists("aborted.ome.zarr/0/c/1/0/0"));
    CHECK_STATUS(omz_abort(stream), OMZ_OK);
    CHECK(exists("aborted.ome.zarr/0/c/0/0/0"));
    CHECK(!exists("aborted.ome.zarr/0/c/1/0/0"));
    CHECK(exists("aborted.ome.zarr/zarr.json") && exists("aborted.ome.zarr/0/zarr.json"));
    CHECK_STATUS(append_seed(stream, 6), OMZ_E_INVALID_HANDLE);

    /* abort a finalize that has begun */
    stream = create(settings_of("begun", 4, ""));
    CHECK_STATUS(append_seed(stream, 1), OMZ_OK);
    CHECK_STATUS(omz_finalize_begin(stream), OMZ_OK);
    CHECK_STATUS(omz_abort(stream), OMZ_OK);

    wait_for_threads(threads);
    CHECK(open_file_count() == files);
    return done();
}
