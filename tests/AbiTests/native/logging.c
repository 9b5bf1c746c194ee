/* Log lines come to the callback one at a time and not below the level asked for, go to a file too, and end when told to. */
#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static int received, errors_received, inside;
static int user_data;

static void on_line(int32_t level, const char* message, void* data)
{
    CHECK(++inside == 1); /* the library promises that no two come at the same time */
    CHECK(data == &user_data);
    CHECK(level >= OMZ_LOG_DEBUG && level <= OMZ_LOG_ERROR);
    CHECK(message != 0 && message[0] != 0);
    CHECK(omz_version() != 0 && omz_abi_version() >= OMZ_ABI_VERSION && omz_status_name(0) != 0); /* allowed in here */
    received++;
    errors_received += level == OMZ_LOG_ERROR;
    --inside;
}

static void* acquire(void* name)
{
    char settings[4096];
    uint64_t stream = 0;
    snprintf(settings, sizeof settings,
             "{\"root_path\": \"%s\", \"overwrite\": true, \"dtype\": \"uint8\", \"dimensions\": [{\"name\": \"y\", \"count\": 8}, "
             "{\"name\": \"x\", \"count\": 8}]}",
             (const char*)name);
    for (int i = 0; i < 10; i++) {
        CHECK_STATUS(omz_create(settings, &stream), OMZ_OK);
        CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    }
    return 0;
}

int main(int argc, char** argv)
{
    pthread_t threads[4];
    char names[4][4096];
    char line[1024] = "";
    int count;
    FILE* log;
    begin(argc, argv);
    CHECK_STATUS(omz_set_log_callback(on_line, -1, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_set_log_callback(on_line, 4, 0), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_set_log_callback(on_line, OMZ_LOG_DEBUG, &user_data), OMZ_OK);
    CHECK_STATUS(omz_set_log_file(in_scratch("log.txt"), OMZ_LOG_DEBUG), OMZ_OK);
    for (int i = 0; i < 4; i++) {
        snprintf(names[i], sizeof names[i], "%s%d.ome.zarr", in_scratch("log"), i);
        CHECK(pthread_create(&threads[i], 0, acquire, names[i]) == 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], 0);
    CHECK(received >= 40 && errors_received == 0);

    /* Both wait until the earlier callback and the earlier file have their lines. */
    CHECK_STATUS(omz_set_log_callback(on_line, OMZ_LOG_ERROR, &user_data), OMZ_OK);
    CHECK_STATUS(omz_set_log_file(0, OMZ_LOG_DEBUG), OMZ_OK);
    log = fopen(in_scratch("log.txt"), "r");
    CHECK(log != 0);
    for (count = 0; fgets(line, (int)sizeof line, log) != 0; count++)
        CHECK(strlen(line) > 10);
    fclose(log);
    CHECK(count == received);

    acquire(names[0]);
    CHECK(received == count); /* nothing of that level happened */
    CHECK_STATUS(omz_set_log_callback(0, OMZ_LOG_DEBUG, 0), OMZ_OK);
    acquire(names[0]);
    CHECK(received == count);

    CHECK(omz_set_log_file(in_scratch("no/such/folder/log.txt"), OMZ_LOG_INFO) < 0);
    CHECK(last_error()[0] != 0);
    return done();
}
