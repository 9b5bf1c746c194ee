// From what the user set and what the cameras deliver to a settings document of the library.
#pragma once

#include "Json.h"

#include <string>
#include <vector>

namespace omezarr {

/// What the user set.
struct Options {
    std::string path;
    std::string settingsFile;
    std::string compression = "blosc-lz4";
    std::string pyramid = "auto";
    double pixelSizeUm = 0; ///< at binning 1; 0: unknown
    std::string axes = "t";
    bool newDatasetOnShapeChange = true; ///< false: a change of ROI, binning or pixel type ends the recording
    bool dropOnOverflow = false;         ///< false: a disk that is too slow ends the recording
};

/// What frames of a camera look like.
struct FrameShape {
    unsigned width = 0;
    unsigned height = 0;
    unsigned bytesPerPixel = 0;
    unsigned components = 1; ///< 4: blue, green, red and one that is not used
    unsigned binning = 1;
    unsigned bitDepth = 0; ///< bits that the camera fills; 0: all. Not part of the shape

    bool operator==(const FrameShape& other) const noexcept
    {
        return width == other.width && height == other.height && bytesPerPixel == other.bytesPerPixel
            && components == other.components && binning == other.binning;
    }
    bool operator!=(const FrameShape& other) const noexcept { return !(*this == other); }
};

/// A camera by its label in the configuration.
struct Camera {
    std::string label;
    FrameShape shape;
};

/// The longest that an append waits for the disk, and so a camera's thread; a settings file can ask for less.
constexpr long longestAppendWaitMs = 100;

/// "512 x 512 pixels of 2 bytes, binning 1".
std::string describe(const FrameShape& shape);

/// Micro-Manager's name of the pixel type, such as GRAY16; throws std::runtime_error for one that cannot be stored.
std::string pixelTypeOf(const FrameShape& shape);

/// The member names of several cameras in a dataset: their labels, without what folders cannot have, each once.
std::vector<std::string> keysOf(const std::vector<Camera>& cameras);

/// The object in a settings file, after checking that it leaves to the devices what is theirs. "" gives an empty object.
/// Throws std::runtime_error in the user's words.
Json readSettingsFile(const std::string& path);

/// The document for omz_create. Throws std::runtime_error in the user's words.
Json buildSettings(const Options& options, const Json& file, const std::vector<Camera>& cameras);

/// What is said of the recording in the dataset's attributes.
Json describeRecording(const Options& options, const std::vector<Camera>& cameras);

/// The n-th name of a dataset: cells.ome.zarr, cells_1.ome.zarr, cells_2.ome.zarr.
std::string numberedPath(const std::string& path, int number);

} // namespace omezarr
