// What both devices have in common: their properties, and starting and stopping.
#pragma once

#include "Axes.h"
#include "CameraList.h"
#include "Recorder.h"

#include "DeviceBase.h"
#include "ModuleInterface.h"

#include <exception>
#include <string>
#include <vector>

namespace omezarr {

/// A text that a property can hold: Micro-Manager's configuration files separate with commas and end with lines.
std::string propertyText(const std::string& text);

constexpr int errorRecording = 20001; ///< with the recorder's own text

/// Base is a device base of Micro-Manager's, Device the device itself. Settings are taken over when Recording becomes 1.
template <template <class> class Base, class Device>
class RecordingDevice : public Base<Device> {
public:
    int Initialize() override
    {
        if (initialized_)
            return DEVICE_OK;
        const Setting settings[] = {
            {Path, "Path", "", {}},
            {SettingsFile, "SettingsFile", "", {}},
            {Compression, "Compression", "blosc-lz4", {"blosc-lz4", "blosc-zstd", "zstd", "none"}},
            {Pyramid, "Pyramid", "auto", {"auto", "none", "1", "2", "3", "4", "5", "6", "7", "8"}},
            {PixelSizeUm, "PixelSizeUm", "0", {}},
            {Axes, "Axes", "t", {}},
            {Cameras, "Cameras", "", {}},
            {OnShapeChange, "OnShapeChange", "NewDataset", {"NewDataset", "Stop"}},
            {OnOverflow, "OnOverflow", "Stop", {"Stop", "Drop"}},
            {Recording, "Recording", "0", {"0", "1"}},
            {State, "State", "Idle", {}},
            {Dataset, "Dataset", "", {}},
            {FramesAppended, "FramesAppended", "0", {}},
            {FramesWritten, "FramesWritten", "0", {}},
            {FramesDropped, "FramesDropped", "0", {}},
            {RingUse, "RingUse", "0", {}},
            {AppendP99Us, "AppendP99Us", "0", {}},
            {LastError, "LastError", "", {}},
        };
        for (const Setting& setting : settings) {
            const int status = create(setting);
            if (status != DEVICE_OK)
                return status;
        }
        initialized_ = true;
        return DEVICE_OK;
    }

    int Shutdown() override
    {
        recorder_.stop();
        if (!recorder_.wait(unloadWait))
            this->LogMessage("A dataset is still being completed in the background; do not end the program yet", false);
        initialized_ = false;
        return DEVICE_OK;
    }

    /// True until the dataset of an ended recording is complete.
    bool Busy() override { return recorder_.finishing(); }

    int OnProperty(MM::PropertyBase* property, MM::ActionType action, long id)
    {
        try {
            if (action == MM::BeforeGet)
                return read(property, static_cast<Id>(id));
            if (action == MM::AfterSet)
                return write(property, static_cast<Id>(id));
        } catch (const std::exception& error) {
            return failed(error.what());
        }
        return DEVICE_OK;
    }

protected:
    /// Finds the cameras of the property Cameras; throws std::runtime_error. Called when a recording is armed.
    virtual std::vector<omezarr::Camera> findCameras(const std::string& cameras) = 0;

    /// After the recording is armed (true) and before it ends (false).
    virtual void armed(bool on) = 0;

    int failed(const std::string& error)
    {
        this->SetErrorText(errorRecording, propertyText(error).c_str());
        this->LogMessage(error.c_str(), false);
        return errorRecording;
    }

    Recorder recorder_;
    Options options_;
    std::string cameras_;

private:
    static constexpr std::chrono::milliseconds unloadWait{5000};

    enum Id : long {
        Path, SettingsFile, Compression, Pyramid, PixelSizeUm, Axes, Cameras, OnShapeChange, OnOverflow, Recording,
        State, Dataset, FramesAppended, FramesWritten, FramesDropped, RingUse, AppendP99Us, LastError,
    };

    struct Setting {
        Id id;
        const char* name;
        const char* value;
        std::vector<std::string> allowed;
    };

    int create(const Setting& setting)
    {
        const bool number = setting.id >= FramesAppended && setting.id <= FramesDropped;
        const bool real = setting.id == PixelSizeUm || setting.id == RingUse || setting.id == AppendP99Us;
        const MM::PropertyType type = number || setting.id == Recording ? MM::Integer : real ? MM::Float : MM::String;
        auto* const action = new MM::ActionEx<Device>(static_cast<Device*>(this), &Device::OnProperty, setting.id);
        const int status = this->CreateProperty(setting.name, setting.value, type, setting.id >= State, action);
        if (status != DEVICE_OK)
            return status;
        for (const std::string& allowed : setting.allowed)
            this->AddAllowedValue(setting.name, allowed.c_str());
        return DEVICE_OK;
    }

    /// What the user sees. Settings are stored by the property itself.
    int read(MM::PropertyBase* property, Id id)
    {
        if (id < Recording)
            return DEVICE_OK;
        const Status status = recorder_.status();
        static const char* const states[] = {"Idle", "Recording", "Finishing", "Error"};
        switch (id) {
        case Recording: property->Set(status.state == omezarr::State::Recording ? 1L : 0L); break;
        case State: property->Set(states[static_cast<int>(status.state)]); break;
        case Dataset: property->Set(propertyText(status.dataset).c_str()); break;
        case FramesAppended: property->Set(static_cast<long>(status.framesAppended)); break;
        case FramesWritten: property->Set(static_cast<long>(status.framesWritten)); break;
        case FramesDropped: property->Set(static_cast<long>(status.framesDropped)); break;
        case RingUse: property->Set(status.ringUse); break;
        case AppendP99Us: property->Set(status.appendP99Us); break;
        default: property->Set(propertyText(status.lastError).c_str()); break;
        }
        return DEVICE_OK;
    }

    int write(MM::PropertyBase* property, Id id)
    {
        std::string text;
        property->Get(text);
        if (id == Recording)
            return record(text == "1");
        switch (id) {
        case Path: options_.path = text; break;
        case SettingsFile: options_.settingsFile = text; break;
        case Compression: options_.compression = text; break;
        case Pyramid: options_.pyramid = text; break;
        case PixelSizeUm: property->Get(options_.pixelSizeUm); break;
        case Axes:
            parseAxes(text); // refused now rather than when the recording starts
            options_.axes = text;
            break;
        case Cameras: cameras_ = text; break;
        case OnShapeChange: options_.newDatasetOnShapeChange = text == "NewDataset"; break;
        case OnOverflow: options_.dropOnOverflow = text == "Drop"; break;
        default: break;
        }
        return DEVICE_OK;
    }

    int record(bool on)
    {
        if (!on) {
            armed(false);
            recorder_.stop();
            return DEVICE_OK;
        }
        if (recorder_.recording())
            return DEVICE_OK;
        try {
            const std::string error = recorder_.start(options_, findCameras(cameras_));
            if (!error.empty())
                return failed(error);
            armed(true);
            return DEVICE_OK;
        } catch (const std::exception& error) {
            recorder_.stop();
            recorder_.refuse(error.what());
            return failed(error.what());
        }
    }

    bool initialized_ = false;
};

template <template <class> class Base, class Device>
constexpr std::chrono::milliseconds RecordingDevice<Base, Device>::unloadWait;

} // namespace omezarr
