// A core and cameras over the stand-in for Micro-Manager's interface. They do what the adapter relies on: frames come from threads of
// the cameras' own, pass the image processor, and end in the core's buffer with the label of their camera.
#pragma once

#include "DeviceBase.h"
#include "check.h"

#if DEVICE_INTERFACE_VERSION < 74
#include "ImageMetadata.h"
#include "ImgBuffer.h"
#endif

#include <atomic>
#include <map>
#include <mutex>

/// What arrived in the core's buffer.
struct Arrived {
    std::string camera;
    std::vector<unsigned char> pixels;
    unsigned components;
    std::string tags;
};

class FakeCore final : public MM::Core {
public:
    void add(const std::string& label, MM::Device* device)
    {
        const std::lock_guard<std::mutex> guard(guard_);
        devices_[label] = device;
    }

    void remove(const std::string& label)
    {
        const std::lock_guard<std::mutex> guard(guard_);
        devices_.erase(label);
    }

    /// The core's camera, by its label; "" for none.
    void setCamera(const std::string& label) { camera_ = label; }

    void setProcessor(MM::ImageProcessor* processor) { processor_ = processor; }

    /// What has arrived since the last call.
    std::vector<Arrived> takeArrived()
    {
        const std::lock_guard<std::mutex> guard(guard_);
        std::vector<Arrived> arrived;
        arrived.swap(arrived_);
        return arrived;
    }

    std::size_t arrivedCount()
    {
        const std::lock_guard<std::mutex> guard(guard_);
        return arrived_.size();
    }

    /// A single image, as the core hands it to the image processor.
    void process(std::vector<unsigned char> pixels, unsigned width, unsigned height, unsigned bytes)
    {
        if (MM::ImageProcessor* const processor = processor_.load())
            processor->Process(pixels.data(), width, height, bytes);
    }

    std::vector<std::string> log()
    {
        const std::lock_guard<std::mutex> guard(guard_);
        return log_;
    }

    MM::Device* GetDevice(const MM::Device* caller, const char* label) override
    {
        const std::lock_guard<std::mutex> guard(guard_);
        const auto at = devices_.find(label);
        return at == devices_.end() || at->second == caller ? nullptr : at->second;
    }

    void GetLoadedDeviceOfType(const MM::Device*, MM::DeviceType type, char* name, const unsigned int index) override
    {
        const std::lock_guard<std::mutex> guard(guard_);
        name[0] = '\0';
        unsigned number = 0;
        for (const auto& one : devices_)
            if (one.second->GetType() == type && number++ == index)
                CDeviceUtils::CopyLimitedString(name, one.first.c_str());
    }

    int GetDeviceProperty(const char* device, const char* name, char* value) override
    {
        if (std::string(device) != "Core" || std::string(name) != "Camera")
            return DEVICE_ERR;
        CDeviceUtils::CopyLimitedString(value, camera_.c_str());
        return DEVICE_OK;
    }

    int LogMessage(const MM::Device*, const char* text, bool) const override
    {
        const std::lock_guard<std::mutex> guard(guard_);
        log_.push_back(text);
        return DEVICE_OK;
    }

    int insert(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
               unsigned components, const std::string& tags)
    {
        const std::size_t size = std::size_t{width} * height * bytes;
        process(std::vector<unsigned char>(pixels, pixels + size), width, height, bytes);
        const std::lock_guard<std::mutex> guard(guard_);
        for (const auto& one : devices_)
            if (one.second == caller)
                arrived_.push_back({one.first, std::vector<unsigned char>(pixels, pixels + size), components, tags});
        return DEVICE_OK;
    }

#if DEVICE_INTERFACE_VERSION >= 75
    int InsertImage(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                    unsigned components, const char* tags) override
    {
        return insert(caller, pixels, width, height, bytes, components, tags == nullptr ? "" : tags);
    }
    int InsertImage(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                    const char* tags) override
    {
        return insert(caller, pixels, width, height, bytes, 1, tags == nullptr ? "" : tags);
    }
#else
    int InsertImage(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                    unsigned components, const char* tags, const bool) override
    {
        return insert(caller, pixels, width, height, bytes, components, tags == nullptr ? "" : tags);
    }
    int InsertImage(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                    const char* tags, const bool) override
    {
        return insert(caller, pixels, width, height, bytes, 1, tags == nullptr ? "" : tags);
    }
#endif
#if DEVICE_INTERFACE_VERSION < 74
    int InsertImage(const MM::Device* caller, const ImgBuffer& image) override
    {
        return insert(caller, image.GetPixels(), image.Width(), image.Height(), image.Depth(), 1, image.GetMetadata().Serialize());
    }
    int InsertImage(const MM::Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                    const Metadata* metadata, const bool) override
    {
        return insert(caller, pixels, width, height, bytes, 1, metadata == nullptr ? "" : metadata->Serialize());
    }
    int InsertMultiChannel(const MM::Device*, const unsigned char*, unsigned, unsigned, unsigned, unsigned, Metadata*) override
    {
        return DEVICE_OK;
    }
    void ClearImageBuffer(const MM::Device*) override {}
    const char* GetImage() override { return nullptr; }
    int GetImageDimensions(int&, int&, int&) override { return DEVICE_ERR; }
    int SetFocusPosition(double) override { return DEVICE_ERR; }
    int MoveFocus(double) override { return DEVICE_ERR; }
    int SetXYPosition(double, double) override { return DEVICE_ERR; }
    int GetXYPosition(double&, double&) override { return DEVICE_ERR; }
    int MoveXYStage(double, double) override { return DEVICE_ERR; }
    int SetExposure(double) override { return DEVICE_ERR; }
    int GetExposure(double&) override { return DEVICE_ERR; }
    int SetConfig(const char*, const char*) override { return DEVICE_ERR; }
    int GetCurrentConfig(const char*, int, char*) override { return DEVICE_ERR; }
    int GetChannelConfig(char*, const unsigned int) override { return DEVICE_ERR; }
    MM::ImageProcessor* GetImageProcessor(const MM::Device*) override { return processor_; }
    MM::AutoFocus* GetAutoFocus(const MM::Device*) override { return nullptr; }
    MM::State* GetStateDevice(const MM::Device*, const char*) override { return nullptr; }
    void NextPostedError(int&, char*, int, int&) override {}
    void PostError(const int, const char*) override {}
    void ClearPostedErrors() override {}
#endif
#if DEVICE_INTERFACE_VERSION >= 74
    int OnShutterOpenChanged(const MM::Device*, bool) override { return DEVICE_OK; }
#endif
    int SetDeviceProperty(const char*, const char*, const char*) override { return DEVICE_ERR; }
    int SetSerialProperties(const char*, const char*, const char*, const char*, const char*, const char*, const char*) override
    {
        return DEVICE_ERR;
    }
    int SetSerialCommand(const MM::Device*, const char*, const char*, const char*) override { return DEVICE_ERR; }
    int GetSerialAnswer(const MM::Device*, const char*, unsigned long, char*, const char*) override { return DEVICE_ERR; }
    int WriteToSerial(const MM::Device*, const char*, const unsigned char*, unsigned long) override { return DEVICE_ERR; }
    int ReadFromSerial(const MM::Device*, const char*, unsigned char*, unsigned long, unsigned long&) override { return DEVICE_ERR; }
    int PurgeSerial(const MM::Device*, const char*) override { return DEVICE_ERR; }
    MM::PortType GetSerialPortType(const char*) const override { return MM::InvalidPort; }
    int OnPropertiesChanged(const MM::Device*) override { return DEVICE_OK; }
    int OnPropertyChanged(const MM::Device*, const char*, const char*) override { return DEVICE_OK; }
    int OnStagePositionChanged(const MM::Device*, double) override { return DEVICE_OK; }
    int OnXYStagePositionChanged(const MM::Device*, double, double) override { return DEVICE_OK; }
    int OnExposureChanged(const MM::Device*, double) override { return DEVICE_OK; }
    int OnSLMExposureChanged(const MM::Device*, double) override { return DEVICE_OK; }
    int OnMagnifierChanged(const MM::Device*) override { return DEVICE_OK; }
    unsigned long GetClockTicksUs(const MM::Device*) override { return 0; }
    MM::MMTime GetCurrentMMTime() override { return MM::MMTime(); }
    int AcqFinished(const MM::Device*, int) override
    {
        finished_++;
        return DEVICE_OK;
    }
    int PrepareForAcq(const MM::Device*) override { return DEVICE_OK; }
    bool InitializeImageBuffer(unsigned, unsigned, unsigned int, unsigned int, unsigned int) override { return true; }
    int GetFocusPosition(double&) override { return DEVICE_ERR; }
    MM::SignalIO* GetSignalIODevice(const MM::Device*, const char*) override { return nullptr; }
    MM::Hub* GetParentHub(const MM::Device*) const override { return nullptr; }

    /// Sequences that ended.
    int finished() const { return finished_; }

private:
    mutable std::mutex guard_;
    std::map<std::string, MM::Device*> devices_;
    std::vector<Arrived> arrived_;
    mutable std::vector<std::string> log_;
    std::string camera_;
    std::atomic<MM::ImageProcessor*> processor_{nullptr};
    std::atomic<int> finished_{0};
};

/// The ways in which cameras hand frames to the core.
enum class Insert { WithComponents, WithoutComponents, Buffer, MetadataObject };

class FakeCamera : public CDeviceBase<MM::Camera, FakeCamera> {
public:
    FakeCamera(FakeCore& core, const std::string& label, unsigned id) : label_(label), id_(id), core_(core)
    {
        SetCallback(&core);
        core.add(label, this);
    }

    ~FakeCamera() override
    {
        stop();
        core_.remove(label_);
    }

    int Initialize() override { return DEVICE_OK; }
    int Shutdown() override { return DEVICE_OK; }
    bool Busy() override { return false; }
    void GetName(char* name) const override { CDeviceUtils::CopyLimitedString(name, "FakeCamera"); }
    unsigned GetNumberOfComponents() const override { return components; }
    unsigned GetNumberOfChannels() const override { return 1; }
    int GetChannelName(unsigned, char*) override { return DEVICE_ERR; }
    unsigned GetImageWidth() const override { return width; }
    unsigned GetImageHeight() const override { return height; }
    unsigned GetImageBytesPerPixel() const override { return bytes; }
    int GetBinning() const override { return binning; }
    double GetExposure() const override { return 12.5; }
    bool IsCapturing() override { return capturing_; }

    /// Delivers frames from a thread of the camera's own; count 0: until stopped. The core may refuse one, which ends it.
    void run(unsigned count)
    {
        stop();
        capturing_ = true;
        asked_ = false;
        thread_ = std::thread([this, count] {
            for (unsigned i = 0; !asked_ && (count == 0 || i < count); i++)
                if (insert(pixelsOf(id_, next++, size())) != DEVICE_OK)
                    break;
            capturing_ = false;
            GetCoreCallback()->AcqFinished(this, 0);
        });
    }

    void stop()
    {
        asked_ = true;
        if (thread_.joinable())
            thread_.join();
    }

    /// Waits until a sequence of a given length has ended by itself.
    void join()
    {
        if (thread_.joinable())
            thread_.join();
    }

    MM::Core* callback() const { return GetCoreCallback(); }

    std::size_t size() const { return std::size_t{width} * height * bytes; }

    std::vector<unsigned char> pixels(unsigned number) const { return pixelsOf(id_, number, size()); }

    unsigned width = 48, height = 32, bytes = 2, components = 1;
    int binning = 1;
    Insert way = Insert::WithComponents;
    std::atomic<unsigned> next{0}; ///< number of the next frame

private:
    int insert(const std::vector<unsigned char>& pixels)
    {
        const std::string tags = "1\ns\nCamera\n_\n1\n" + label_ + "\n";
        MM::Core* const core = GetCoreCallback();
        switch (way) {
#if DEVICE_INTERFACE_VERSION < 74
        case Insert::Buffer: return core->InsertImage(this, ImgBuffer(pixels.data(), width, height, bytes, Metadata(tags)));
        case Insert::MetadataObject: {
            const Metadata metadata(tags);
            return core->InsertImage(this, pixels.data(), width, height, bytes, &metadata);
        }
#endif
        case Insert::WithoutComponents: return core->InsertImage(this, pixels.data(), width, height, bytes, tags.c_str());
        default: return core->InsertImage(this, pixels.data(), width, height, bytes, components, tags.c_str());
        }
    }

    const std::string label_;
    const unsigned id_;
    FakeCore& core_;
    std::thread thread_;
    std::atomic<bool> capturing_{false}, asked_{false};
};

/// A camera that stands for others, as Micro-Manager's own does.
class FakeMultiCamera : public CDeviceBase<MM::Camera, FakeMultiCamera> {
public:
    FakeMultiCamera(FakeCore& core, const std::vector<std::string>& labels) : labels_(labels), core_(core)
    {
        SetCallback(&core);
        core.add("Multi", this);
    }

    ~FakeMultiCamera() override { core_.remove("Multi"); }

    int Initialize() override { return DEVICE_OK; }
    int Shutdown() override { return DEVICE_OK; }
    bool Busy() override { return false; }
    void GetName(char* name) const override { CDeviceUtils::CopyLimitedString(name, "Multi Camera"); }
    unsigned GetNumberOfComponents() const override { return 1; }
    unsigned GetNumberOfChannels() const override { return static_cast<unsigned>(labels_.size()); }
    int GetChannelName(unsigned channel, char* name) override
    {
        CDeviceUtils::CopyLimitedString(name, labels_.at(channel).c_str());
        return DEVICE_OK;
    }
    unsigned GetImageWidth() const override { return 48; }
    unsigned GetImageHeight() const override { return 32; }
    unsigned GetImageBytesPerPixel() const override { return 2; }
    int GetBinning() const override { return 1; }
    double GetExposure() const override { return 12.5; }
    bool IsCapturing() override { return true; }

private:
    const std::vector<std::string> labels_;
    FakeCore& core_;
};
