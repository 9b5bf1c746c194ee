/*
 * A host with signal handlers of its own: those for what a person sends (SIGINT, SIGTERM, SIGUSR1) stay installed whatever the
 * library does, and a fault in the host's own code (SIGSEGV, SIGFPE) still reaches the host's handler - whether it was installed
 * before the library's first call or after it. SIGPIPE is the exception: the library's runtime ignores it from the first call on, so a
 * host that wants it installs its handler after that call.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static volatile sig_atomic_t counted;
static volatile sig_atomic_t last_signal;
static sigjmp_buf after_fault;

static void on_signal(int number)
{
    counted++;
    last_signal = number;
}

static void on_fault(int number, siginfo_t* info, void* context)
{
    (void)info;
    (void)context;
    counted++;
    last_signal = number;
    siglongjmp(after_fault, 1);
}

static void install(int number, int fault)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    if (fault) {
        action.sa_sigaction = on_fault;
        action.sa_flags = SA_SIGINFO;
    } else {
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
    }
    CHECK(sigaction(number, &action, 0) == 0);
}

static const int sent_by_people[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD, SIGCONT, SIGWINCH};

static void install_all(void)
{
    for (size_t i = 0; i < sizeof sent_by_people / sizeof sent_by_people[0]; i++)
        install(sent_by_people[i], 0);
    install(SIGPIPE, 0);
    install(SIGSEGV, 1);
    install(SIGFPE, 1);
}

static void handler_is_installed(int number)
{
    struct sigaction now;
    CHECK(sigaction(number, 0, &now) == 0);
    if (now.sa_handler != on_signal)
        printf("signal %d has lost its handler\n", number);
    CHECK(now.sa_handler == on_signal);
    counted = 0;
    raise(number);
    CHECK(counted == 1 && last_signal == number);
}

static void handlers_of_people_are_installed(void)
{
    for (size_t i = 0; i < sizeof sent_by_people / sizeof sent_by_people[0]; i++)
        handler_is_installed(sent_by_people[i]);
}

static void faults_reach_the_host(void)
{
    /* a page that may not be touched: a real fault at a real address, that no compiler can see through */
    volatile int* forbidden = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(forbidden != MAP_FAILED);
    counted = 0;
    if (sigsetjmp(after_fault, 1) == 0)
        *forbidden = 1;
    CHECK(counted == 1 && last_signal == SIGSEGV);

    counted = 0;
    if (sigsetjmp(after_fault, 1) == 0)
        raise(SIGFPE);
    CHECK(counted == 1 && last_signal == SIGFPE);
    munmap((void*)forbidden, 4096);
}

static void acquire(const char* name)
{
    uint64_t stream = create(settings_of(name, 8, ", \"compression\": \"zstd\""));
    for (uint64_t i = 0; i < 8; i++) {
        raise(SIGUSR1); /* while the workers are at work */
        CHECK_STATUS(append_seed(stream, i), OMZ_OK);
    }
    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
}

int main(int argc, char** argv)
{
    begin(argc, argv);
    install_all();
    acquire("first"); /* here the library starts */
    handlers_of_people_are_installed();
    faults_reach_the_host();

    install_all();
    acquire("second");
    handlers_of_people_are_installed();
    handler_is_installed(SIGPIPE);
    faults_reach_the_host();
    acquire("third");
    return done();
}
