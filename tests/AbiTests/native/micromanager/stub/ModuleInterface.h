// Stand-in, see MMDevice.h: what a module of devices exports.
#pragma once

#include "MMDevice.h"

#ifdef _MSC_VER
#define MODULE_API __declspec(dllexport)
#else
#define MODULE_API __attribute__((visibility("default")))
#endif

extern "C" {
MODULE_API void InitializeModuleData();
MODULE_API MM::Device* CreateDevice(const char* name);
MODULE_API void DeleteDevice(MM::Device* device);
MODULE_API long GetDeviceInterfaceVersion();
}

void RegisterDevice(const char* name, MM::DeviceType type, const char* description);
