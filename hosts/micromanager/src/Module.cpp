// What Micro-Manager looks for in a module of devices.
#include "TeeDevice.h"
#include "WriterDevice.h"

#include <cstring>

namespace omezarr {

std::string propertyText(const std::string& text)
{
    constexpr std::size_t longest = 1000; // of 1023 bytes that there are
    std::string value = text.substr(0, longest);
    if (text.size() > longest)
        while (!value.empty() && (static_cast<unsigned char>(text[value.size()]) & 0xC0) == 0x80)
            value.pop_back(); // not in the middle of a character
    for (char& c : value)
        c = c == ',' ? ';' : static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    return value;
}

} // namespace omezarr

MODULE_API void InitializeModuleData()
{
    RegisterDevice(omezarr::teeName, MM::ImageProcessorDevice, "Records one camera as OME-Zarr while it is used as ever");
    RegisterDevice(omezarr::writerName, MM::GenericDevice, "Records several cameras as one OME-Zarr (experimental)");
}

MODULE_API MM::Device* CreateDevice(const char* name)
{
    if (name == nullptr)
        return nullptr;
    if (std::strcmp(name, omezarr::teeName) == 0)
        return new omezarr::TeeDevice;
    if (std::strcmp(name, omezarr::writerName) == 0)
        return new omezarr::WriterDevice;
    return nullptr;
}

MODULE_API void DeleteDevice(MM::Device* device) { delete device; }
