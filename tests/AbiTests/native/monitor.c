/*
 * A stream that shows itself (settings.monitor): its address is told, who knows it sees the newest frame and the statistics, who
 * does not sees nothing; a port that is taken is refused before anything is made; at the end the port is free, no thread is left but
 * the runtime's one for sockets, and none of them ever took the host's signals.
 */
#define _XOPEN_SOURCE 700

#include "support.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATH_BYTES = 256, ANSWER_BYTES = 1 << 20 };

static char answer[ANSWER_BYTES + 1];

/* A socket that is connected to a port of this machine, or -1. */
static int connected(int port)
{
    struct sockaddr_in address;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(s >= 0);
    if (connect(s, (struct sockaddr*)&address, sizeof address) == 0)
        return s;
    close(s);
    return -1;
}

/* What is answered to a GET: the status; the body and its size. */
static int get(int port, const char* path, const char** body, size_t* bytes)
{
    char request[2 * PATH_BYTES];
    size_t length = 0;
    ssize_t received;
    int s = connected(port), status = 0;
    CHECK(s >= 0);
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    CHECK(send(s, request, strlen(request), 0) == (ssize_t)strlen(request));
    while ((received = recv(s, answer + length, ANSWER_BYTES - length, 0)) > 0)
        length += (size_t)received;
    close(s);
    answer[length] = 0;
    CHECK(sscanf(answer, "HTTP/1.1 %d ", &status) == 1);
    *body = strstr(answer, "\r\n\r\n");
    CHECK(*body != 0);
    *body += 4;
    *bytes = length - (size_t)(*body - answer);
    return status;
}

/* Every thread but the first blocks a signal that the host uses. */
static int are_isolated(void)
{
    DIR* tasks = opendir("/proc/self/task");
    struct dirent* task;
    int isolated = 1;
    CHECK(tasks != 0);
    while ((task = readdir(tasks)) != 0) {
        char path[PATH_BYTES + sizeof task->d_name], line[PATH_BYTES];
        FILE* file;
        if (task->d_name[0] == '.' || atol(task->d_name) == (long)getpid())
            continue;
        snprintf(path, sizeof path, "/proc/self/task/%s/status", task->d_name);
        file = fopen(path, "r");
        while (file != 0 && fgets(line, sizeof line, file) != 0) {
            if (strncmp(line, "SigBlk:", 7) == 0 && (strtoull(line + 7, 0, 16) & (1ull << (SIGUSR1 - 1))) == 0) {
                printf("thread %s takes signals\n", task->d_name);
                isolated = 0;
            }
        }
        if (file != 0)
            fclose(file);
    }
    closedir(tasks);
    return isolated;
}

int main(int argc, char** argv)
{
    char url[PATH_BYTES], path[PATH_BYTES], token[33], more[PATH_BYTES];
    uint16_t pixels[PIXELS];
    const char* body;
    size_t bytes;
    uint64_t stream, other = 0;
    long threads;
    int port = 0;
    int32_t size;
    begin(argc, argv);

    stream = create(settings_of("hidden", 0, ""));
    CHECK(omz_monitor_url(stream, url, (int32_t)sizeof url) == 1 && url[0] == 0);
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    wait_for_threads(entries_of("/proc/self/task"));
    threads = entries_of("/proc/self/task");

    stream = create(settings_of("shown", 0, ", \"monitor\": {}"));
    size = omz_monitor_url(stream, url, (int32_t)sizeof url);
    CHECK(size == (int32_t)strlen(url) + 1 && omz_monitor_url(stream, 0, 0) == size);
    CHECK(sscanf(url, "http://127.0.0.1:%d/%32[0-9a-f]/", &port, token) == 2 && strlen(token) == 32);

    for (uint64_t seed = 0; seed < 5; seed++)
        CHECK_STATUS(append_seed(stream, seed), OMZ_OK);
    snprintf(path, sizeof path, "/%s/", token);
    CHECK(get(port, path, &body, &bytes) == 200 && strstr(body, "<canvas") != 0);
    snprintf(path, sizeof path, "/%s/-/state?image=0", token);
    CHECK(get(port, path, &body, &bytes) == 200);
    CHECK(strstr(body, "\"live\":true") != 0 && strstr(body, "\"frames_appended\":5") != 0 && strstr(body, "\"newest\":[4]") != 0);
    for (int frame = 0; frame < 5; frame++) {
        snprintf(path, sizeof path, "/%s/-/tile?image=0&level=0&at=%d&h=%d&w=%d", token, frame, HEIGHT, WIDTH);
        fill(pixels, PIXELS, (uint64_t)frame);
        CHECK(get(port, path, &body, &bytes) == 200 && bytes == sizeof pixels && memcmp(body, pixels, bytes) == 0);
    }
    CHECK(get(port, "/", &body, &bytes) == 404);
    CHECK(get(port, "/00000000000000000000000000000000/-/state", &body, &bytes) == 404);
    CHECK(are_isolated());

    snprintf(more, sizeof more, ", \"monitor\": {\"port\": %d}", port);
    CHECK_STATUS(omz_create(settings_of("second", 0, more), &other), OMZ_E_IO);
    CHECK(strstr(last_error(), "in use by another program") != 0 && !exists("second.ome.zarr") && other == 0);

    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    CHECK(connected(port) < 0);
    wait_for_threads(threads + 1);
    stream = create(settings_of("third", 0, more)); /* the port is free again */
    CHECK_STATUS(omz_abort(stream), OMZ_OK);
    CHECK(connected(port) < 0);
    wait_for_threads(threads + 1);
    return done();
}
