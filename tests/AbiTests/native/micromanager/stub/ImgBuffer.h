// Stand-in, see MMDevice.h: a frame with its metadata, up to device interface 73.
#pragma once

#include "ImageMetadata.h"

class ImgBuffer {
public:
    ImgBuffer(const unsigned char* pixels, unsigned width, unsigned height, unsigned depth, const Metadata& metadata)
        : pixels_(pixels), width_(width), height_(height), depth_(depth), metadata_(metadata)
    {
    }
    const unsigned char* GetPixels() const { return pixels_; }
    unsigned Width() const { return width_; }
    unsigned Height() const { return height_; }
    unsigned Depth() const { return depth_; }
    const Metadata& GetMetadata() const { return metadata_; }

private:
    const unsigned char* pixels_;
    unsigned width_, height_, depth_;
    Metadata metadata_;
};
