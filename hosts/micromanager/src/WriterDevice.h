// OmeZarrWriter: stands between cameras and the core and records what several cameras deliver in sequences. Experimental.
#pragma once

#include "CallbackProxy.h"
#include "RecordingDevice.h"

#include <memory>
#include <vector>

namespace omezarr {

extern const char* const writerName;

class WriterDevice : public RecordingDevice<CGenericBase, WriterDevice>, private FrameListener {
public:
    ~WriterDevice() override { Shutdown(); }

    int Initialize() override;
    int Shutdown() override;
    void GetName(char* name) const override { CDeviceUtils::CopyLimitedString(name, writerName); }

    int OnBypassCoreBuffer(MM::PropertyBase* property, MM::ActionType action);

protected:
    std::vector<Camera> findCameras(const std::string& cameras) override;
    void armed(bool on) override;

private:
    /// A camera whose callback is the proxy.
    struct Watched {
        MM::Camera* device; ///< to tell whose frame it is; only used while the label still leads to it
        RecordedCamera camera;
    };

    Verdict onImage(const InsertedImage& image) override;
    void watch();
    void unwatch(bool forget);

    CallbackProxy* proxy_ = nullptr;
    std::vector<Watched> watched_; ///< changes only while the proxy has no listener
    std::vector<std::string> labels_;
    std::atomic<bool> bypass_{false};
};

} // namespace omezarr
