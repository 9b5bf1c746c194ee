// A stand-in for Micro-Manager's device interface, so that the adapter can be tested without it. Ours, written from the names and
// signatures that the adapter uses; nothing that it does not use is here, and nothing in it is binary compatible.
#pragma once

#ifndef DEVICE_INTERFACE_VERSION
#define DEVICE_INTERFACE_VERSION 75
#endif

#include <cstring>
#include <string>
#include <vector>

#define DEVICE_OK 0
#define DEVICE_ERR 1
#define DEVICE_INVALID_PROPERTY 2
#define DEVICE_INVALID_PROPERTY_VALUE 3
#define DEVICE_BUFFER_OVERFLOW 22

namespace MM {

const int MaxStrLength = 1024;

enum DeviceType { UnknownType, AnyType, CameraDevice, GenericDevice, ImageProcessorDevice };
enum PropertyType { Undef, String, Float, Integer };
enum ActionType { NoAction, BeforeGet, AfterSet };
enum PortType { InvalidPort, SerialPort };

class Core;
class SignalIO;
class Hub;
class State;
class AutoFocus;
class ImageProcessor;

class MMTime {};

class PropertyBase {
public:
    virtual ~PropertyBase() = default;
    virtual bool Set(double value) = 0;
    virtual bool Set(long value) = 0;
    virtual bool Set(const char* value) = 0;
    virtual bool Get(double& value) const = 0;
    virtual bool Get(long& value) const = 0;
    virtual bool Get(std::string& value) const = 0;
};

class ActionFunctor {
public:
    virtual ~ActionFunctor() = default;
    virtual int Execute(PropertyBase* property, ActionType action) = 0;
};

template <class T>
class Action : public ActionFunctor {
public:
    Action(T* object, int (T::*member)(PropertyBase*, ActionType)) : object_(object), member_(member) {}
    int Execute(PropertyBase* property, ActionType action) override { return (object_->*member_)(property, action); }

private:
    T* object_;
    int (T::*member_)(PropertyBase*, ActionType);
};

template <class T>
class ActionEx : public ActionFunctor {
public:
    ActionEx(T* object, int (T::*member)(PropertyBase*, ActionType, long), long data) : object_(object), member_(member), data_(data)
    {
    }
    int Execute(PropertyBase* property, ActionType action) override { return (object_->*member_)(property, action, data_); }

private:
    T* object_;
    int (T::*member_)(PropertyBase*, ActionType, long);
    long data_;
};

class Device {
public:
    virtual ~Device() = default;
    virtual int Initialize() = 0;
    virtual int Shutdown() = 0;
    virtual bool Busy() = 0;
    virtual DeviceType GetType() const = 0;
    virtual void GetName(char* name) const = 0;
    virtual void SetCallback(Core* core) = 0;
    virtual bool HasProperty(const char* name) const = 0;
    virtual int GetProperty(const char* name, char* value) const = 0;
    virtual int SetProperty(const char* name, const char* value) = 0;
    virtual bool GetErrorText(int code, char* text) const = 0;
};

class Camera : public Device {
public:
    DeviceType GetType() const override { return CameraDevice; }
    virtual unsigned GetNumberOfComponents() const = 0;
    virtual unsigned GetNumberOfChannels() const = 0;
    virtual int GetChannelName(unsigned channel, char* name) = 0;
    virtual unsigned GetImageWidth() const = 0;
    virtual unsigned GetImageHeight() const = 0;
    virtual unsigned GetImageBytesPerPixel() const = 0;
    virtual int GetBinning() const = 0;
    virtual double GetExposure() const = 0;
    virtual bool IsCapturing() = 0;
};

class ImageProcessor : public Device {
public:
    DeviceType GetType() const override { return ImageProcessorDevice; }
    virtual int Process(unsigned char* buffer, unsigned width, unsigned height, unsigned byteDepth) = 0;
};

class Generic : public Device {
public:
    DeviceType GetType() const override { return GenericDevice; }
};

} // namespace MM

#if DEVICE_INTERFACE_VERSION < 74
class ImgBuffer;
class Metadata;
#endif

namespace MM {

class Core {
public:
    virtual ~Core() = default;
    virtual int LogMessage(const Device* caller, const char* text, bool debug) const = 0;
    virtual Device* GetDevice(const Device* caller, const char* label) = 0;
    virtual int GetDeviceProperty(const char* device, const char* name, char* value) = 0;
    virtual int SetDeviceProperty(const char* device, const char* name, const char* value) = 0;
    virtual void GetLoadedDeviceOfType(const Device* caller, DeviceType type, char* name, const unsigned int index) = 0;
    virtual int SetSerialProperties(const char* port, const char* timeout, const char* baud, const char* delay,
                                    const char* handshaking, const char* parity, const char* stopBits) = 0;
    virtual int SetSerialCommand(const Device* caller, const char* port, const char* command, const char* terminator) = 0;
    virtual int GetSerialAnswer(const Device* caller, const char* port, unsigned long length, char* answer,
                                const char* terminator) = 0;
    virtual int WriteToSerial(const Device* caller, const char* port, const unsigned char* bytes, unsigned long length) = 0;
    virtual int ReadFromSerial(const Device* caller, const char* port, unsigned char* bytes, unsigned long length,
                               unsigned long& read) = 0;
    virtual int PurgeSerial(const Device* caller, const char* port) = 0;
    virtual PortType GetSerialPortType(const char* port) const = 0;
    virtual int OnPropertiesChanged(const Device* caller) = 0;
    virtual int OnPropertyChanged(const Device* caller, const char* name, const char* value) = 0;
    virtual int OnStagePositionChanged(const Device* caller, double position) = 0;
    virtual int OnXYStagePositionChanged(const Device* caller, double x, double y) = 0;
    virtual int OnExposureChanged(const Device* caller, double exposure) = 0;
    virtual int OnSLMExposureChanged(const Device* caller, double exposure) = 0;
    virtual int OnMagnifierChanged(const Device* caller) = 0;
    virtual unsigned long GetClockTicksUs(const Device* caller) = 0;
    virtual MMTime GetCurrentMMTime() = 0;
    virtual int AcqFinished(const Device* caller, int status) = 0;
    virtual int PrepareForAcq(const Device* caller) = 0;
    virtual bool InitializeImageBuffer(unsigned channels, unsigned slices, unsigned int width, unsigned int height,
                                       unsigned int depth) = 0;
    virtual int GetFocusPosition(double& position) = 0;
    virtual SignalIO* GetSignalIODevice(const Device* caller, const char* name) = 0;
    virtual Hub* GetParentHub(const Device* caller) const = 0;
#if DEVICE_INTERFACE_VERSION >= 74
    virtual int OnShutterOpenChanged(const Device* caller, bool open) = 0;
#endif
#if DEVICE_INTERFACE_VERSION >= 75
    virtual int InsertImage(const Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                            unsigned components, const char* tags = nullptr) = 0;
    virtual int InsertImage(const Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                            const char* tags = nullptr) = 0;
#else
    virtual int InsertImage(const Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                            unsigned components, const char* tags, const bool process = true) = 0;
    virtual int InsertImage(const Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                            const char* tags, const bool process = true) = 0;
#endif
#if DEVICE_INTERFACE_VERSION < 74
    virtual int InsertImage(const Device* caller, const ImgBuffer& image) = 0;
    virtual int InsertImage(const Device* caller, const unsigned char* pixels, unsigned width, unsigned height, unsigned bytes,
                            const Metadata* metadata = nullptr, const bool process = true) = 0;
    virtual int InsertMultiChannel(const Device* caller, const unsigned char* pixels, unsigned channels, unsigned width,
                                   unsigned height, unsigned bytes, Metadata* metadata = nullptr) = 0;
    virtual void ClearImageBuffer(const Device* caller) = 0;
    virtual const char* GetImage() = 0;
    virtual int GetImageDimensions(int& width, int& height, int& depth) = 0;
    virtual int SetFocusPosition(double position) = 0;
    virtual int MoveFocus(double velocity) = 0;
    virtual int SetXYPosition(double x, double y) = 0;
    virtual int GetXYPosition(double& x, double& y) = 0;
    virtual int MoveXYStage(double x, double y) = 0;
    virtual int SetExposure(double milliseconds) = 0;
    virtual int GetExposure(double& milliseconds) = 0;
    virtual int SetConfig(const char* group, const char* name) = 0;
    virtual int GetCurrentConfig(const char* group, int length, char* name) = 0;
    virtual int GetChannelConfig(char* name, const unsigned int index) = 0;
    virtual ImageProcessor* GetImageProcessor(const Device* caller) = 0;
    virtual AutoFocus* GetAutoFocus(const Device* caller) = 0;
    virtual State* GetStateDevice(const Device* caller, const char* name) = 0;
    virtual void NextPostedError(int& code, char* text, int most, int& length) = 0;
    virtual void PostError(const int code, const char* text) = 0;
    virtual void ClearPostedErrors() = 0;
#endif
};

} // namespace MM
