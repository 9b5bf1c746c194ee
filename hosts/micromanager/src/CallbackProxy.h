// A core callback that stands between cameras and the core: it shows frames to a listener and forwards everything.
#pragma once

#include "DeviceBase.h"

#if DEVICE_INTERFACE_VERSION < 71 || DEVICE_INTERFACE_VERSION > 75
#error "CallbackProxy.h knows Micro-Manager's device interfaces 71 to 75. See README.md, 'Another device interface'."
#endif
#if DEVICE_INTERFACE_VERSION < 74
#include "ImageMetadata.h"
#include "ImgBuffer.h"
#endif

#include <atomic>
#include <string>
#include <utility>

namespace omezarr {

/// A frame on its way from a camera to the core.
struct InsertedImage {
    const MM::Device* camera;
    const unsigned char* pixels;
    unsigned width;
    unsigned height;
    unsigned bytesPerPixel;
    unsigned components; ///< 0: the camera did not say
    const char* tags;    ///< serialized, or null
};

/// What becomes of a frame.
struct Verdict {
    bool forward;  ///< to the core
    int otherwise; ///< the camera's result when not
};

class FrameListener {
public:
    virtual ~FrameListener() = default;

    /// From the camera's thread.
    virtual Verdict onImage(const InsertedImage& image) = 0;
};

/// Lives until the process ends, and keeps its module loaded: a camera that runs when the listener goes away keeps the proxy as
/// its callback.
class CallbackProxy final : public MM::Core {
public:
    /// A proxy before this core that nobody has; to be given back with release.
    static CallbackProxy& before(MM::Core* core);

    CallbackProxy(const CallbackProxy&) = delete;
    CallbackProxy& operator=(const CallbackProxy&) = delete;

    /// Shows frames to a listener, until detach.
    void attach(FrameListener* listener) { listener_ = listener; }

    /// Returns once no thread is in the listener any more. Then the proxy only forwards.
    void detach();

    /// Gives the proxy back, when no camera has it as its callback any more.
    void release() { taken_ = false; }

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
    int LogMessage(const MM::Device* caller, const char* text, bool debug) const override
    {
        return core_->LogMessage(caller, text, debug);
    }
    MM::Device* GetDevice(const MM::Device* caller, const char* label) override { return core_->GetDevice(caller, label); }
    int GetDeviceProperty(const char* device, const char* name, char* value) override
    {
        return core_->GetDeviceProperty(device, name, value);
    }
    int SetDeviceProperty(const char* device, const char* name, const char* value) override
    {
        return core_->SetDeviceProperty(device, name, value);
    }
    void GetLoadedDeviceOfType(const MM::Device* caller, MM::DeviceType type, char* name, const unsigned int index) override
    {
        core_->GetLoadedDeviceOfType(caller, type, name, index);
    }
    int SetSerialProperties(const char* port, const char* timeout, const char* baud, const char* delay, const char* handshaking,
                            const char* parity, const char* stopBits) override
    {
        return core_->SetSerialProperties(port, timeout, baud, delay, handshaking, parity, stopBits);
    }
    int SetSerialCommand(const MM::Device* caller, const char* port, const char* command, const char* terminator) override
    {
        return core_->SetSerialCommand(caller, port, command, terminator);
    }
    int GetSerialAnswer(const MM::Device* caller, const char* port, unsigned long length, char* answer,
                        const char* terminator) override
    {
        return core_->GetSerialAnswer(caller, port, length, answer, terminator);
    }
    int WriteToSerial(const MM::Device* caller, const char* port, const unsigned char* bytes, unsigned long length) override
    {
        return core_->WriteToSerial(caller, port, bytes, length);
    }
    int ReadFromSerial(const MM::Device* caller, const char* port, unsigned char* bytes, unsigned long length,
                       unsigned long& read) override
    {
        return core_->ReadFromSerial(caller, port, bytes, length, read);
    }
    int PurgeSerial(const MM::Device* caller, const char* port) override { return core_->PurgeSerial(caller, port); }
    MM::PortType GetSerialPortType(const char* port) const override { return core_->GetSerialPortType(port); }
    int OnPropertiesChanged(const MM::Device* caller) override { return core_->OnPropertiesChanged(caller); }
    int OnPropertyChanged(const MM::Device* caller, const char* name, const char* value) override
    {
        return core_->OnPropertyChanged(caller, name, value);
    }
    int OnStagePositionChanged(const MM::Device* caller, double position) override
    {
        return core_->OnStagePositionChanged(caller, position);
    }
    int OnXYStagePositionChanged(const MM::Device* caller, double x, double y) override
    {
        return core_->OnXYStagePositionChanged(caller, x, y);
    }
    int OnExposureChanged(const MM::Device* caller, double exposure) override
    {
        return core_->OnExposureChanged(caller, exposure);
    }
    int OnSLMExposureChanged(const MM::Device* caller, double exposure) override
    {
        return core_->OnSLMExposureChanged(caller, exposure);
    }
    int OnMagnifierChanged(const MM::Device* caller) override { return core_->OnMagnifierChanged(caller); }
    unsigned long GetClockTicksUs(const MM::Device* caller) override { return core_->GetClockTicksUs(caller); }
    MM::MMTime GetCurrentMMTime() override { return core_->GetCurrentMMTime(); }
    int AcqFinished(const MM::Device* caller, int status) override { return core_->AcqFinished(caller, status); }
    int PrepareForAcq(const MM::Device* caller) override { return core_->PrepareForAcq(caller); }
    bool InitializeImageBuffer(unsigned channels, unsigned slices, unsigned int width, unsigned int height,
                               unsigned int depth) override
    {
        return core_->InitializeImageBuffer(channels, slices, width, height, depth);
    }
    int GetFocusPosition(double& position) override { return core_->GetFocusPosition(position); }
    MM::SignalIO* GetSignalIODevice(const MM::Device* caller, const char* name) override
    {
        return core_->GetSignalIODevice(caller, name);
    }
    MM::Hub* GetParentHub(const MM::Device* caller) const override { return core_->GetParentHub(caller); }

#if DEVICE_INTERFACE_VERSION >= 74
    int OnShutterOpenChanged(const MM::Device* caller, bool open) override { return core_->OnShutterOpenChanged(caller, open); }
#endif

#if DEVICE_INTERFACE_VERSION >= 75
    int InsertImage(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                    unsigned components, const char* tags) override
    {
        return pass({caller, pixels, width, height, bytes, components, tags}, [=] {
            return core_->InsertImage(caller, pixels, width, height, bytes, components, tags);
        });
    }
    int InsertImage(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                    const char* tags) override
    {
        return pass({caller, pixels, width, height, bytes, 0, tags}, [=] {
            return core_->InsertImage(caller, pixels, width, height, bytes, tags);
        });
    }
#else
    int InsertImage(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                    unsigned components, const char* tags, const bool process) override
    {
        return pass({caller, pixels, width, height, bytes, components, tags}, [=] {
            return core_->InsertImage(caller, pixels, width, height, bytes, components, tags, process);
        });
    }
    int InsertImage(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                    const char* tags, const bool process) override
    {
        return pass({caller, pixels, width, height, bytes, 0, tags}, [=] {
            return core_->InsertImage(caller, pixels, width, height, bytes, tags, process);
        });
    }
#endif

#if DEVICE_INTERFACE_VERSION < 74
    int InsertImage(const MM::Device* caller, const ImgBuffer& image) override
    {
        const std::string tags = image.GetMetadata().Serialize();
        return pass({caller, image.GetPixels(), image.Width(), image.Height(), image.Depth(), 0, tags.c_str()}, [=, &image] {
            return core_->InsertImage(caller, image);
        });
    }
    int InsertImage(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                    const Metadata* metadata, const bool process) override
    {
        const std::string tags = metadata == nullptr ? "" : metadata->Serialize();
        return pass({caller, pixels, width, height, bytes, 0, tags.c_str()}, [=] {
            return core_->InsertImage(caller, pixels, width, height, bytes, metadata, process);
        });
    }
    int InsertMultiChannel(const MM::Device* caller, const unsigned char* pixels, unsigned channels, unsigned width,
                           unsigned height, unsigned bytes, Metadata* metadata) override
    {
        return core_->InsertMultiChannel(caller, pixels, channels, width, height, bytes, metadata);
    }
    void ClearImageBuffer(const MM::Device* caller) override { core_->ClearImageBuffer(caller); }
    const char* GetImage() override { return core_->GetImage(); }
    int GetImageDimensions(int& width, int& height, int& depth) override
    {
        return core_->GetImageDimensions(width, height, depth);
    }
    int SetFocusPosition(double position) override { return core_->SetFocusPosition(position); }
    int MoveFocus(double velocity) override { return core_->MoveFocus(velocity); }
    int SetXYPosition(double x, double y) override { return core_->SetXYPosition(x, y); }
    int GetXYPosition(double& x, double& y) override { return core_->GetXYPosition(x, y); }
    int MoveXYStage(double x, double y) override { return core_->MoveXYStage(x, y); }
    int SetExposure(double milliseconds) override { return core_->SetExposure(milliseconds); }
    int GetExposure(double& milliseconds) override { return core_->GetExposure(milliseconds); }
    int SetConfig(const char* group, const char* name) override { return core_->SetConfig(group, name); }
    int GetCurrentConfig(const char* group, int length, char* name) override
    {
        return core_->GetCurrentConfig(group, length, name);
    }
    int GetChannelConfig(char* name, const unsigned int index) override { return core_->GetChannelConfig(name, index); }
    MM::ImageProcessor* GetImageProcessor(const MM::Device* caller) override { return core_->GetImageProcessor(caller); }
    MM::AutoFocus* GetAutoFocus(const MM::Device* caller) override { return core_->GetAutoFocus(caller); }
    MM::State* GetStateDevice(const MM::Device* caller, const char* name) override { return core_->GetStateDevice(caller, name); }
    void NextPostedError(int& code, char* text, int most, int& length) override
    {
        core_->NextPostedError(code, text, most, length);
    }
    void PostError(const int code, const char* text) override { core_->PostError(code, text); }
    void ClearPostedErrors() override { core_->ClearPostedErrors(); }
#endif
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

private:
    explicit CallbackProxy(MM::Core* core) : core_(core) {}

    /// Shows a frame and forwards it if the listener says so. The frame counts as under way before the listener is looked up, and
    /// detach clears the listener before it looks whether any is: both sequentially consistent, so that one sees the other.
    template <class Forward>
    int pass(const InsertedImage& image, const Forward& forward)
    {
        Verdict verdict = {true, DEVICE_OK};
        underWay_++;
        if (FrameListener* const listener = listener_.load())
            verdict = listener->onImage(image);
        underWay_--;
        return verdict.forward ? forward() : verdict.otherwise;
    }

    MM::Core* const core_;
    std::atomic<FrameListener*> listener_{nullptr};
    std::atomic<int> underWay_{0};
    std::atomic<bool> taken_{false};
};

} // namespace omezarr
