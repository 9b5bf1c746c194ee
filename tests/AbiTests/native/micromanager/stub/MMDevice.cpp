// Stand-in, see MMDevice.h: the part of a module that is not the adapter's.
#include "ModuleInterface.h"

#include <map>

namespace {

std::map<std::string, MM::DeviceType>& registered()
{
    static std::map<std::string, MM::DeviceType> devices;
    return devices;
}

} // namespace

void RegisterDevice(const char* name, MM::DeviceType type, const char*) { registered()[name] = type; }

extern "C" long GetDeviceInterfaceVersion() { return DEVICE_INTERFACE_VERSION; }

extern "C" MODULE_API unsigned GetNumberOfDevices() { return static_cast<unsigned>(registered().size()); }
