// OmeZarrTee: an image processor that records what one camera delivers, in sequences and single images, and changes nothing.
#pragma once

#include "RecordingDevice.h"

namespace omezarr {

extern const char* const teeName;

class TeeDevice : public RecordingDevice<CImageProcessorBase, TeeDevice> {
public:
    ~TeeDevice() override { Shutdown(); }

    void GetName(char* name) const override { CDeviceUtils::CopyLimitedString(name, teeName); }

    /// Called by the core with each frame, from the camera's thread. What it returns is not looked at.
    int Process(unsigned char* buffer, unsigned width, unsigned height, unsigned byteDepth) override;

protected:
    std::vector<Camera> findCameras(const std::string& cameras) override;
    void armed(bool on) override;

private:
    RecordedCamera recorded_;
    std::vector<std::string> others_; ///< those that must not run meanwhile
};

} // namespace omezarr
