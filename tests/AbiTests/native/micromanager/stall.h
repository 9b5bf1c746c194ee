// A disk that stands still while `stalled` is set: writes to files wait. The library takes most of its functions by dlsym, so that
// dlsym is replaced as well. For one file of a program, which is linked with -rdynamic. The address sanitizer needs dlsym for itself:
// programs that are built with it leave the stalled disk out.
#pragma once

#include <atomic>
#include <chrono>
#include <dlfcn.h>
#include <string>
#include <sys/types.h>
#include <sys/uio.h>
#include <thread>

#if defined(__SANITIZE_ADDRESS__)
#define CAN_STALL 0
#else
#define CAN_STALL 1

namespace disk {

inline std::atomic<bool>& stalled()
{
    static std::atomic<bool> on{false};
    return on;
}

inline std::atomic<int>& waiting()
{
    static std::atomic<int> count{0};
    return count;
}

using Lookup = void* (*)(void*, const char*);

inline Lookup realLookup()
{
    static const Lookup lookup = [] {
        void* found = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
        if (found == nullptr)
            found = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
        return reinterpret_cast<Lookup>(found);
    }();
    return lookup;
}

inline void wait()
{
    if (!stalled())
        return;
    waiting()++;
    while (stalled())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    waiting()--;
}

template <class Function>
Function real(const char* name)
{
    return reinterpret_cast<Function>(realLookup()(RTLD_NEXT, name));
}

} // namespace disk

extern "C" {

__attribute__((visibility("default"))) ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset)
{
    disk::wait();
    static const auto next = disk::real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    return next(file, bytes, count, offset);
}

__attribute__((visibility("default"))) ssize_t pwritev64(int file, const iovec* parts, int count, off64_t offset)
{
    disk::wait();
    static const auto next = disk::real<ssize_t (*)(int, const iovec*, int, off64_t)>("pwritev64");
    return next(file, parts, count, offset);
}

__attribute__((visibility("default"))) void* dlsym(void* handle, const char* name) noexcept
{
    const std::string wanted = name;
    if (wanted == "pwrite" || wanted == "pwrite64")
        return reinterpret_cast<void*>(&pwrite64);
    if (wanted == "pwritev" || wanted == "pwritev64")
        return reinterpret_cast<void*>(&pwritev64);
    return disk::realLookup()(handle, name);
}

}

#endif
