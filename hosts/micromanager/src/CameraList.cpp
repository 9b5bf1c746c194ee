#include "CameraList.h"

#include <algorithm>
#include <stdexcept>

namespace omezarr {

namespace {

std::string trim(const std::string& text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string listOf(const std::vector<std::string>& labels)
{
    std::string text;
    for (const std::string& label : labels)
        text += (text.empty() ? "" : "; ") + label;
    return text.empty() ? "none" : text;
}

} // namespace

MM::Camera* CameraList::find(const std::string& label) const
{
    MM::Device* const device = core_ == nullptr ? nullptr : core_->GetDevice(device_, label.c_str());
    return device != nullptr && device->GetType() == MM::CameraDevice ? static_cast<MM::Camera*>(device) : nullptr;
}

std::vector<std::string> CameraList::all() const
{
    std::vector<std::string> cameras;
    for (unsigned i = 0; core_ != nullptr; i++) {
        char label[MM::MaxStrLength] = "";
        core_->GetLoadedDeviceOfType(device_, MM::CameraDevice, label, i);
        if (label[0] == '\0')
            break;
        MM::Camera* const camera = find(label);
        if (camera == nullptr)
            continue;
        char name[MM::MaxStrLength] = "";
        camera->GetName(name);
        if (std::string(name) != "Multi Camera") // stands for others, however many
            cameras.push_back(label);
    }
    return cameras;
}

std::string CameraList::labelOfCoresCamera() const
{
    char label[MM::MaxStrLength] = "";
    if (core_ == nullptr || core_->GetDeviceProperty("Core", "Camera", label) != DEVICE_OK)
        return "";
    return label;
}

std::vector<std::string> CameraList::resolve(const std::string& list) const
{
    std::vector<std::string> cameras;
    std::string rest = trim(list);
    if (rest.empty())
        rest = labelOfCoresCamera();
    if (rest.empty()) {
        const std::vector<std::string> loaded = all();
        if (loaded.size() != 1)
            throw std::runtime_error("Cameras is empty and the core has no camera; set it to one of: " + listOf(loaded));
        rest = loaded[0];
    }
    while (!rest.empty()) {
        const std::size_t end = rest.find(';');
        const std::string label = trim(rest.substr(0, end));
        rest = end == std::string::npos ? "" : rest.substr(end + 1);
        if (!label.empty())
            expand(label, cameras);
    }
    return cameras;
}

void CameraList::expand(const std::string& label, std::vector<std::string>& cameras) const
{
    MM::Camera* const camera = find(label);
    if (camera == nullptr)
        throw std::runtime_error("Cameras: there is no camera " + label + "; loaded: " + listOf(all()));
    std::vector<std::string> labels(1, label);
    char name[MM::MaxStrLength] = "";
    camera->GetName(name);
    if (std::string(name) == "Multi Camera") {
        labels.clear();
        for (unsigned channel = 0; channel < camera->GetNumberOfChannels(); channel++) {
            char physical[MM::MaxStrLength] = "";
            if (camera->GetChannelName(channel, physical) == DEVICE_OK && find(physical) != nullptr)
                labels.push_back(physical);
        }
        if (labels.empty())
            throw std::runtime_error("Cameras: " + label + " has no physical cameras yet");
    } else if (camera->GetNumberOfChannels() > 1) {
        throw std::runtime_error("Cameras: " + label + " delivers several channels from one device; which is not supported");
    }
    for (const std::string& one : labels)
        if (std::find(cameras.begin(), cameras.end(), one) == cameras.end())
            cameras.push_back(one);
}

unsigned CameraList::componentsOf(MM::Camera* camera, unsigned bytesPerPixel)
{
    return camera == nullptr || bytesPerPixel < 4 || camera->GetNumberOfComponents() < 3 ? 1 : 4;
}

FrameShape CameraList::shapeOf(MM::Camera& camera)
{
    FrameShape shape;
    shape.width = camera.GetImageWidth();
    shape.height = camera.GetImageHeight();
    shape.bytesPerPixel = camera.GetImageBytesPerPixel();
    shape.components = componentsOf(&camera, shape.bytesPerPixel);
    shape.binning = static_cast<unsigned>(std::max(1, camera.GetBinning()));
    shape.bitDepth = camera.GetBitDepth();
    return shape;
}

Camera CameraList::describe(const std::string& label) const
{
    MM::Camera* const camera = find(label);
    if (camera == nullptr)
        throw std::runtime_error("Cameras: there is no camera " + label);
    return {label, shapeOf(*camera)};
}

FrameShape RecordedCamera::shapeOf(MM::Camera* camera, unsigned width, unsigned height, unsigned bytesPerPixel,
                                   unsigned components)
{
    FrameShape shape = shape_;
    shape.width = width;
    shape.height = height;
    shape.bytesPerPixel = bytesPerPixel;
    shape.components = components;
    if (shape != shape_ && camera != nullptr) {
        shape.binning = static_cast<unsigned>(std::max(1, camera->GetBinning()));
        shape.bitDepth = camera->GetBitDepth();
    }
    shape_ = shape;
    return shape;
}

} // namespace omezarr
