#if defined(_WIN32)

#include "platform.h"

#include "support.h"

#include <direct.h>
#include <windows.h>
/* After windows.h. */
#include <psapi.h>
#include <tlhelp32.h>

void make_folder(const char* path)
{
    CHECK(_mkdir(path) == 0);
}

uint8_t* before_a_forbidden_page(size_t bytes)
{
    enum { PAGE = 4096 };
    size_t whole = (bytes + PAGE - 1) / PAGE * PAGE;
    uint8_t* memory = VirtualAlloc(0, whole + PAGE, MEM_RESERVE, PAGE_NOACCESS);
    CHECK(memory != 0 && VirtualAlloc(memory, whole, MEM_COMMIT, PAGE_READWRITE) == memory);
    return memory + whole - bytes;
}

int limit_files_to(long bytes)
{
    (void)bytes;
    return 0;
}

long thread_count(void)
{
    long count = 0;
    THREADENTRY32 entry;
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    CHECK(all != INVALID_HANDLE_VALUE);
    entry.dwSize = sizeof entry;
    for (BOOL more = Thread32First(all, &entry); more; more = Thread32Next(all, &entry))
        count += entry.th32OwnerProcessID == GetCurrentProcessId();
    CloseHandle(all);
    return count;
}

long open_file_count(void)
{
    DWORD count = 0;
    CHECK(GetProcessHandleCount(GetCurrentProcess(), &count));
    return (long)count;
}

static PROCESS_MEMORY_COUNTERS memory_now(void)
{
    PROCESS_MEMORY_COUNTERS counters;
    CHECK(GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters));
    return counters;
}

long resident_kib(void)
{
    return (long)(memory_now().WorkingSetSize / 1024);
}

long peak_resident_kib(void)
{
    return (long)(memory_now().PeakWorkingSetSize / 1024);
}

void give_way(void)
{
    Sleep(0);
}

#else

#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#define _XOPEN_SOURCE 700

#include "platform.h"

#include "support.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

void make_folder(const char* path)
{
    CHECK(mkdir(path, 0700) == 0);
}

uint8_t* before_a_forbidden_page(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t whole = (bytes + page - 1) / page * page;
    uint8_t* memory = mmap(0, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED && mprotect(memory + whole, page, PROT_NONE) == 0);
    return memory + whole - bytes;
}

int limit_files_to(long bytes)
{
    struct rlimit limit = {(rlim_t)bytes, (rlim_t)bytes};
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    return 1;
}

long thread_count(void)
{
    return entries_of("/proc/self/task");
}

long open_file_count(void)
{
    return entries_of("/proc/self/fd");
}

long resident_kib(void)
{
    return number_in("/proc/self/status", "VmRSS:");
}

long peak_resident_kib(void)
{
    return number_in("/proc/self/status", "VmHWM:");
}

void give_way(void)
{
    sched_yield();
}

#endif
