/*
 * What a log file can be is a regular file. Anything else is refused with a message of what was given and what to do, at once (a
 * pipe is not waited for), and the log goes on as it was. A process that ends right after an error has it in its log.
 */
#define _XOPEN_SOURCE 700

#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void refused(const char* path, int32_t status, const char* told)
{
    CHECK_STATUS(omz_set_log_file(path, OMZ_LOG_INFO), status);
    if (strstr(last_error(), told) == NULL || strstr(last_error(), path) == NULL)
        printf("of %s: %s\n", path, last_error());
    CHECK(strstr(last_error(), told) != NULL && strstr(last_error(), path) != NULL);
    CHECK(strstr(last_error(), "   at ") == NULL && strstr(last_error(), "Exception") == NULL); /* no stack trace */
}

static long lines_of(const char* path)
{
    long lines = 0;
    FILE* file = fopen(path, "r");
    CHECK(file != NULL);
    for (int c; (c = fgetc(file)) != EOF;)
        lines += c == '\n';
    fclose(file);
    return lines;
}

/* This program again, as one that ends with a log line on its way. */
static int ends_at_once(const char* scratch)
{
    char name[] = "omezarr_last_words=1";
    pid_t child = fork();
    int status = 0;
    if (child == 0) {
        putenv(name);
        execl("/proc/self/exe", "log_file", scratch, (char*)0);
        _exit(9);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int last_words(void)
{
    CHECK_STATUS(omz_set_log_file(in_scratch("last.txt"), OMZ_LOG_INFO), OMZ_OK);
    exit(omz_abort(create(settings_of("last", 1, ""))) == OMZ_OK ? 7 : 8);
}

int main(int argc, char** argv)
{
    char log[4096], fifo[4096], loop[4096];
    const char* away;
    int reader;
    begin(argc, argv);
    if (getenv("omezarr_last_words") != NULL)
        return last_words();
    strcpy(log, in_scratch("log.txt"));
    strcpy(fifo, in_scratch("fifo"));
    strcpy(loop, in_scratch("loop"));
    CHECK_STATUS(omz_set_log_file(log, OMZ_LOG_INFO), OMZ_OK);

    refused("", OMZ_E_INVALID_ARGUMENT, "empty");
    refused("/", OMZ_E_INVALID_ARGUMENT, "a folder");
    refused("/tmp", OMZ_E_INVALID_ARGUMENT, "a folder");
    refused("/dev/null", OMZ_E_INVALID_ARGUMENT, "a device");
    refused("/dev/full", OMZ_E_INVALID_ARGUMENT, "a device");
    refused("/no/such/folder/log.txt", OMZ_E_INVALID_ARGUMENT, "make the folder first");
    refused("/dev/null/log.txt", OMZ_E_IO, "Not a directory");
    CHECK(symlink(loop, loop) == 0);
    refused(loop, OMZ_E_IO, "cannot be opened");
    CHECK(mkfifo(fifo, 0600) == 0);
    refused(fifo, OMZ_E_INVALID_ARGUMENT, "a pipe"); /* nobody reads: would wait for ever */
    reader = open(fifo, O_RDONLY | O_NONBLOCK);
    CHECK(reader >= 0);
    refused(fifo, OMZ_E_INVALID_ARGUMENT, "a pipe");
    close(reader);
    CHECK_STATUS(omz_set_log_file("\xFF", OMZ_LOG_INFO), OMZ_E_INVALID_ARGUMENT);
    CHECK_STATUS(omz_set_log_file(log, 7), OMZ_E_INVALID_ARGUMENT);

    CHECK_STATUS(omz_finalize(create(settings_of("told", 1, ""))), OMZ_OK); /* the refused ones have changed nothing */
    CHECK_STATUS(omz_set_log_file(0, OMZ_LOG_INFO), OMZ_OK);
    CHECK(lines_of(log) == 2);
    CHECK_STATUS(omz_set_log_file(log, OMZ_LOG_INFO), OMZ_OK); /* appended to */
    CHECK_STATUS(omz_finalize(create(settings_of("told", 1, ""))), OMZ_OK);
    CHECK_STATUS(omz_set_log_file(0, OMZ_LOG_INFO), OMZ_OK);
    CHECK(lines_of(log) == 4);

    CHECK(ends_at_once(argv[1]) == 7);
    CHECK(lines_of(in_scratch("last.txt")) == 2);

    /* a working folder that is gone */
    away = in_scratch("away");
    CHECK(mkdir(away, 0700) == 0 && chdir(away) == 0 && rmdir(away) == 0);
    refused("log.txt", OMZ_E_INVALID_ARGUMENT, "working folder");
    return done();
}
