#include "TeeDevice.h"

#include <stdexcept>

namespace omezarr {

const char* const teeName = "OmeZarrTee";

std::vector<Camera> TeeDevice::findCameras(const std::string& list)
{
    const CameraList cameras(GetCoreCallback(), this);
    const std::vector<std::string> labels = cameras.resolve(list);
    if (labels.size() != 1)
        throw std::runtime_error("OmeZarrTee records one camera; since an image processor is not told whose frame it gets. For "
            + std::to_string(labels.size()) + " cameras use OmeZarrWriter");
    recorded_ = RecordedCamera(cameras.describe(labels[0]));
    others_.clear();
    for (const std::string& other : cameras.all())
        if (other != labels[0])
            others_.push_back(other);
    return {cameras.describe(labels[0])};
}

void TeeDevice::armed(bool) {}

int TeeDevice::Process(unsigned char* buffer, unsigned width, unsigned height, unsigned byteDepth)
{
    if (!recorder_.recording())
        return DEVICE_OK;
    const CameraList cameras(GetCoreCallback(), this);
    for (const std::string& label : others_) {
        MM::Camera* const other = cameras.find(label);
        if (other == nullptr || !other->IsCapturing())
            continue;
        recorder_.fail("the camera " + label + " is running as well: OmeZarrTee cannot tell its frames from those of "
            + recorded_.label + "; use OmeZarrWriter");
        return DEVICE_OK;
    }
    MM::Camera* const camera = cameras.find(recorded_.label);
    Frame frame;
    frame.pixels = buffer;
    frame.shape = recorded_.shapeOf(camera, width, height, byteDepth, CameraList::componentsOf(camera, byteDepth));
    frame.exposureMs = camera == nullptr ? -1 : camera->GetExposure();
    recorder_.take(0, frame);
    return DEVICE_OK;
}

} // namespace omezarr
