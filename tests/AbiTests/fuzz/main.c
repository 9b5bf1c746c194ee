/*
 * fuzz - throws settings, metadata of frames and sequences of calls at the published library, and holds every answer against what the
 * header says. A child plays the rounds; its parent tells how to play the last one again when it fails, crashes, or hangs.
 *
 *     fuzz settings|metadata|calls --scratch FOLDER --corpus FOLDER [--seed N] [--seconds N] [--rounds N] [--only ROUND]
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "fuzz.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char* fuzz_scratch;

typedef struct {
    const char *what, *corpus;
    uint64_t seed, seconds, rounds, only;
    int has_only;
} options;

/* Where the child is, seen by the parent. */
static volatile uint64_t* current;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec;
}

static options read_options(int argc, char** argv)
{
    options o = {argv[argc > 1], 0, 1, 10, UINT64_MAX, 0, 0};
    for (int i = 2; i + 1 < argc; i += 2) {
        uint64_t number = strtoull(argv[i + 1], 0, 0);
        if (strcmp(argv[i], "--scratch") == 0)
            fuzz_scratch = argv[i + 1];
        else if (strcmp(argv[i], "--corpus") == 0)
            o.corpus = argv[i + 1];
        else if (strcmp(argv[i], "--seed") == 0)
            o.seed = number;
        else if (strcmp(argv[i], "--seconds") == 0)
            o.seconds = number;
        else if (strcmp(argv[i], "--rounds") == 0)
            o.rounds = number;
        else if (strcmp(argv[i], "--only") == 0)
            o.only = number, o.has_only = 1;
        else
            o.what = "";
    }
    if (argc < 2 || argc % 2 != 0 || fuzz_scratch == NULL || o.corpus == NULL
        || (strcmp(o.what, "settings") != 0 && strcmp(o.what, "metadata") != 0 && strcmp(o.what, "calls") != 0)) {
        fprintf(stderr, "usage: fuzz settings|metadata|calls --scratch FOLDER --corpus FOLDER [--seed N] [--seconds N] [--rounds N] [--only ROUND]\n");
        exit(2);
    }
    return o;
}

static void play_round(const options* o, const corpus* c, uint64_t round)
{
    dice d = dice_of(o->seed, round);
    if (strcmp(o->what, "settings") == 0)
        fuzz_settings(&d, c);
    else if (strcmp(o->what, "metadata") == 0)
        fuzz_metadata(&d, c);
    else
        fuzz_calls(&d, o->seed);
}

static void play(const options* o)
{
    char folder[4096];
    corpus c;
    uint64_t end = now() + o->seconds;
    snprintf(folder, sizeof folder, "%s/%s", o->corpus, strcmp(o->what, "settings") == 0 ? "settings" : "metadata");
    c = read_corpus(folder);
    if (o->has_only) {
        *current = o->only;
        play_round(o, &c, o->only);
        return;
    }
    for (uint64_t round = 0; round < o->rounds && (round == 0 || now() < end); round++) {
        *current = round;
        play_round(o, &c, round);
    }
}

/* Waits for the child; a round that takes minutes hangs. */
static int watch(pid_t child)
{
    enum { PATIENCE = 120 };
    uint64_t round = UINT64_MAX, since = now();
    int status;
    for (;;) {
        struct timespec moment = {0, 20000000};
        if (waitpid(child, &status, WNOHANG) == child)
            return status;
        if (*current != round) {
            round = *current;
            since = now();
        } else if (now() - since > PATIENCE) {
            printf("a round takes more than %d seconds\n", PATIENCE);
            kill(child, SIGABRT); /* for a stack of it */
            waitpid(child, &status, 0);
            return status;
        }
        nanosleep(&moment, 0);
    }
}

int main(int argc, char** argv)
{
    options o = read_options(argc, argv);
    pid_t child;
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    current = mmap(0, sizeof *current, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (current == MAP_FAILED || (child = fork()) < 0) {
        fprintf(stderr, "fuzz: %s\n", strerror(errno));
        return 2;
    }
    if (child == 0) {
        play(&o);
        exit(0);
    }
    status = watch(child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        printf("%s, seed %llu: %llu rounds\nok\n", o.what, (unsigned long long)o.seed, (unsigned long long)*current + 1);
        return 0;
    }
    printf("%s failed (%s %d). To play this round again:\n  ./build.sh Fuzz --what=%s --seed=%llu --only=%llu\n", o.what, WIFSIGNALED(status) ? "signal" : "exit status",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), o.what, (unsigned long long)o.seed, (unsigned long long)*current);
    return 1;
}
