// Stand-in, see MMDevice.h: properties and the core's callback, as device bases have them.
#pragma once

#include "MMDevice.h"
#include "ModuleInterface.h"

#include <cstdlib>
#include <map>
#include <memory>

class CDeviceUtils {
public:
    static bool CopyLimitedString(char* target, const char* source)
    {
        std::strncpy(target, source, MM::MaxStrLength - 1);
        target[MM::MaxStrLength - 1] = '\0';
        return std::strlen(source) < MM::MaxStrLength;
    }
};

/// A property that keeps text.
class StubProperty : public MM::PropertyBase {
public:
    bool Set(double value) override { return Set(std::to_string(value).c_str()); }
    bool Set(long value) override { return Set(std::to_string(value).c_str()); }
    bool Set(const char* value) override
    {
        value_ = value;
        return true;
    }
    bool Get(double& value) const override
    {
        value = std::strtod(value_.c_str(), nullptr);
        return true;
    }
    bool Get(long& value) const override
    {
        value = std::strtol(value_.c_str(), nullptr, 10);
        return true;
    }
    bool Get(std::string& value) const override
    {
        value = value_;
        return true;
    }

    bool readOnly = false;
    std::vector<std::string> allowed;
    std::unique_ptr<MM::ActionFunctor> action;

private:
    std::string value_;
};

template <class T, class U>
class CDeviceBase : public T {
public:
    typedef MM::Action<U> CPropertyAction;
    typedef MM::ActionEx<U> CPropertyActionEx;

    void SetCallback(MM::Core* core) override { core_ = core; }

    int GetProperty(const char* name, char* value) const override
    {
        const auto at = properties_.find(name);
        if (at == properties_.end())
            return DEVICE_INVALID_PROPERTY;
        const int status = at->second->action ? at->second->action->Execute(at->second.get(), MM::BeforeGet) : DEVICE_OK;
        std::string text;
        at->second->Get(text);
        CDeviceUtils::CopyLimitedString(value, text.c_str());
        return status;
    }

    int SetProperty(const char* name, const char* value) override
    {
        const auto at = properties_.find(name);
        if (at == properties_.end())
            return DEVICE_INVALID_PROPERTY;
        StubProperty& property = *at->second;
        bool known = property.allowed.empty();
        for (const std::string& one : property.allowed)
            known = known || one == value;
        if (property.readOnly || !known)
            return DEVICE_INVALID_PROPERTY_VALUE;
        property.Set(value);
        return property.action ? property.action->Execute(&property, MM::AfterSet) : DEVICE_OK;
    }

    bool HasProperty(const char* name) const override { return properties_.count(name) != 0; }

    bool GetErrorText(int code, char* text) const override
    {
        const auto at = errors_.find(code);
        return CDeviceUtils::CopyLimitedString(text, at == errors_.end() ? "" : at->second.c_str());
    }

    int CreateProperty(const char* name, const char* value, MM::PropertyType, bool readOnly, MM::ActionFunctor* action = nullptr,
                       bool = false)
    {
        std::unique_ptr<StubProperty> property(new StubProperty);
        property->Set(value);
        property->readOnly = readOnly;
        property->action.reset(action);
        return properties_.emplace(name, std::move(property)).second ? DEVICE_OK : DEVICE_ERR;
    }

    int AddAllowedValue(const char* name, const char* value)
    {
        properties_.at(name)->allowed.push_back(value);
        return DEVICE_OK;
    }

protected:
    MM::Core* GetCoreCallback() const { return core_; }
    void SetErrorText(int code, const char* text) { errors_[code] = text; }
    int LogMessage(const char* text, bool debug = false) const
    {
        return core_ == nullptr ? DEVICE_ERR : core_->LogMessage(this, text, debug);
    }

private:
    MM::Core* core_ = nullptr;
    std::map<std::string, std::unique_ptr<StubProperty>> properties_;
    std::map<int, std::string> errors_;
};

template <class U>
class CImageProcessorBase : public CDeviceBase<MM::ImageProcessor, U> {};

template <class U>
class CGenericBase : public CDeviceBase<MM::Generic, U> {};
