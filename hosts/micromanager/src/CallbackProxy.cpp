#include "CallbackProxy.h"

#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#ifdef _WIN32
#define NOMINMAX
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace omezarr {

namespace {

/// Keeps this module in memory: the core unloads modules when it ends, perhaps before a camera's thread has left the proxy.
void keepModule()
{
#ifdef _WIN32
    HMODULE module = nullptr;
    GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                       reinterpret_cast<const char*>(&keepModule), &module);
#else
    Dl_info info;
    if (dladdr(reinterpret_cast<void*>(&keepModule), &info) != 0 && info.dli_fname != nullptr)
        dlopen(info.dli_fname, RTLD_LAZY | RTLD_NODELETE);
#endif
}

} // namespace

CallbackProxy& CallbackProxy::before(MM::Core* core)
{
    static std::mutex& guard = *new std::mutex; // never destroyed, as the proxies
    static std::vector<CallbackProxy*>& proxies = *new std::vector<CallbackProxy*>;

    const std::lock_guard<std::mutex> lock(guard);
    if (proxies.empty())
        keepModule();
    for (CallbackProxy* const proxy : proxies) {
        if (proxy->core_ == core && !proxy->taken_.exchange(true))
            return *proxy;
    }
    proxies.push_back(new CallbackProxy(core));
    proxies.back()->taken_ = true;
    return *proxies.back();
}

void CallbackProxy::detach()
{
    listener_ = nullptr;
    while (underWay_.load() != 0) // as long as an append at most
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

} // namespace omezarr
