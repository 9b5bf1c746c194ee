// Stand-in, see MMDevice.h: metadata of a frame, up to device interface 73.
#pragma once

#include <string>

class Metadata {
public:
    Metadata() = default;
    explicit Metadata(const std::string& serialized) : serialized_(serialized) {}
    std::string Serialize() const { return serialized_; }

private:
    std::string serialized_;
};
