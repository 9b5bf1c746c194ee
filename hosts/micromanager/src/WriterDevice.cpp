#include "WriterDevice.h"

#include <algorithm>
#include <stdexcept>

namespace omezarr {

const char* const writerName = "OmeZarrWriter";

namespace {

/// Cameras that some writer of this process watches: a second one would take the frames from the first.
class Claims {
public:
    static Claims& all()
    {
        static Claims& claims = *new Claims;
        return claims;
    }

    bool claim(const MM::Device* camera)
    {
        const std::lock_guard<std::mutex> guard(guard_);
        if (std::find(claimed_.begin(), claimed_.end(), camera) != claimed_.end())
            return false;
        claimed_.push_back(camera);
        return true;
    }

    void release(const MM::Device* camera)
    {
        const std::lock_guard<std::mutex> guard(guard_);
        claimed_.erase(std::remove(claimed_.begin(), claimed_.end(), camera), claimed_.end());
    }

private:
    std::mutex guard_;
    std::vector<const MM::Device*> claimed_;
};

} // namespace

int WriterDevice::Initialize()
{
    const int status = RecordingDevice::Initialize();
    if (status != DEVICE_OK || HasProperty("BypassCoreBuffer"))
        return status;
    auto* const action = new CPropertyAction(this, &WriterDevice::OnBypassCoreBuffer);
    const int created = CreateProperty("BypassCoreBuffer", "0", MM::Integer, false, action);
    AddAllowedValue("BypassCoreBuffer", "0");
    AddAllowedValue("BypassCoreBuffer", "1");
    return created;
}

int WriterDevice::Shutdown()
{
    unwatch(true);
    return RecordingDevice::Shutdown();
}

int WriterDevice::OnBypassCoreBuffer(MM::PropertyBase* property, MM::ActionType action)
{
    if (action == MM::AfterSet) {
        long value = 0;
        property->Get(value);
        bypass_ = value != 0;
    }
    return DEVICE_OK;
}

std::vector<Camera> WriterDevice::findCameras(const std::string& list)
{
    const CameraList cameras(GetCoreCallback(), this);
    labels_ = cameras.resolve(list);
    std::vector<Camera> found;
    for (const std::string& label : labels_) {
        if (cameras.find(label)->IsCapturing())
            throw std::runtime_error("the camera " + label + " is running; stop it; then set Recording to 1");
        found.push_back(cameras.describe(label));
    }
    return found;
}

void WriterDevice::armed(bool on)
{
    if (on)
        watch();
    else
        unwatch(false);
}

/// Puts the proxy before the cameras. They do not run: findCameras has looked.
void WriterDevice::watch()
{
    unwatch(true); // cameras that ran when the last recording ended
    const CameraList cameras(GetCoreCallback(), this);
    for (const std::string& label : labels_) {
        MM::Camera* const camera = cameras.find(label);
        if (camera == nullptr || !Claims::all().claim(camera)) {
            unwatch(true);
            throw std::runtime_error("another OmeZarrWriter records the camera " + label);
        }
        watched_.push_back({camera, RecordedCamera(cameras.describe(label))});
    }
    proxy_ = &CallbackProxy::before(GetCoreCallback());
    proxy_->attach(this);
    for (const Watched& one : watched_)
        one.device->SetCallback(proxy_);
}

/// Takes no more frames, and gives the cameras their own callback back. One that runs reads it with each frame, so that it is
/// left alone: it keeps the proxy, which only forwards now. forget: it is not tried again.
void WriterDevice::unwatch(bool forget)
{
    if (proxy_ != nullptr)
        proxy_->detach(); // no camera's thread is in this device any more
    const CameraList cameras(GetCoreCallback(), this);
    std::vector<Watched> left;
    bool running = false;
    for (const Watched& one : watched_) {
        const bool loaded = cameras.find(one.camera.label) == one.device;
        const bool runs = loaded && one.device->IsCapturing();
        running = running || runs;
        if (runs && !forget) {
            left.push_back(one);
            continue;
        }
        if (loaded && !runs)
            one.device->SetCallback(GetCoreCallback());
        Claims::all().release(one.device);
    }
    watched_ = left;
    if (watched_.empty()) {
        if (proxy_ != nullptr && !running)
            proxy_->release(); // otherwise a camera has it for good
        proxy_ = nullptr;
    }
}

Verdict WriterDevice::onImage(const InsertedImage& image)
{
    if (!recorder_.recording())
        return {true, DEVICE_OK};
    for (std::size_t i = 0; i < watched_.size(); i++) {
        Watched& one = watched_[i];
        if (one.device != image.camera)
            continue;
        const unsigned components = image.components > 1 ? 4 : CameraList::componentsOf(one.device, image.bytesPerPixel);
        Frame frame;
        frame.pixels = image.pixels;
        frame.shape = one.camera.shapeOf(one.device, image.width, image.height, image.bytesPerPixel, components);
        frame.exposureMs = one.device->GetExposure();
        frame.tags = image.tags;
        switch (recorder_.take(i, frame)) {
        case Taken::Failed: return {options_.dropOnOverflow, DEVICE_BUFFER_OVERFLOW};
        case Taken::No: return {true, DEVICE_OK};
        default: return {!bypass_, DEVICE_OK};
        }
    }
    return {true, DEVICE_OK};
}

} // namespace omezarr
