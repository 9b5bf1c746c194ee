// The cameras of a configuration as the devices need them.
#pragma once

#include "Settings.h"

#include "DeviceBase.h"

#include <string>
#include <vector>

namespace omezarr {

/// Finds cameras by their labels, for a device.
class CameraList {
public:
    CameraList(MM::Core* core, const MM::Device* device) : core_(core), device_(device) {}

    /// The camera of a label, or null.
    MM::Camera* find(const std::string& label) const;

    /// The physical cameras of a list with ; between labels. A camera that stands for several (Multi Camera) gives these. An
    /// empty list is the core's own camera, or the only one there is. Throws std::runtime_error in the user's words.
    std::vector<std::string> resolve(const std::string& list) const;

    /// All loaded physical cameras.
    std::vector<std::string> all() const;

    /// The camera as its frames look now.
    Camera describe(const std::string& label) const;

    static FrameShape shapeOf(MM::Camera& camera);

    /// Components of a pixel as frames of that many bytes have them.
    static unsigned componentsOf(MM::Camera* camera, unsigned bytesPerPixel);

private:
    void expand(const std::string& label, std::vector<std::string>& cameras) const;
    std::string labelOfCoresCamera() const;

    MM::Core* core_;
    const MM::Device* device_;
};

/// A camera while it is recorded, asked as little as its frames allow: its binning and bit depth only when their shape changes,
/// since some cameras ask their hardware for it.
class RecordedCamera {
public:
    RecordedCamera() = default;
    explicit RecordedCamera(const Camera& camera) : label(camera.label), shape_(camera.shape) {}

    /// The shape of a frame that came; camera may be null.
    FrameShape shapeOf(MM::Camera* camera, unsigned width, unsigned height, unsigned bytesPerPixel, unsigned components);

    std::string label;

private:
    FrameShape shape_;
};

} // namespace omezarr
