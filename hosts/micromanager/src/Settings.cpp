#include "Settings.h"

#include "Axes.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace omezarr {

namespace {

std::string lower(std::string text)
{
    for (char& c : text)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    return text;
}

bool endsWith(const std::string& text, const std::string& end)
{
    return text.size() >= end.size() && lower(text.substr(text.size() - end.size())) == end;
}

Json planeDimension(const char* name, unsigned count, double pixelSizeUm)
{
    Json dimension = Json::object();
    dimension.set("name", Json::string(name)).set("type", Json::string("space")).set("count", Json::integer(count));
    if (pixelSizeUm > 0)
        dimension.set("unit", Json::string("micrometer")).set("scale", Json::number(pixelSizeUm));
    return dimension;
}

/// Where colours go: a channel axis directly before the rows.
Json colourDimension()
{
    Json names = Json::array();
    for (const char* const name : {"Red", "Green", "Blue"})
        names.add(Json::object().set("name", Json::string(name)));
    return Json::object().set("name", Json::string("c")).set("type", Json::string("channel")).set("coords", names);
}

struct PixelType {
    const char* name;   ///< Micro-Manager's
    const char* dtype;
    const char* format; ///< null: the dtype
};

PixelType find(const FrameShape& shape)
{
    const unsigned bytes = shape.bytesPerPixel, components = shape.components;
    if (bytes == 1 && components == 1)
        return {"GRAY8", "uint8", nullptr};
    if (bytes == 2 && components == 1)
        return {"GRAY16", "uint16", nullptr};
    if (bytes == 4 && components == 1)
        return {"GRAY32", "float32", nullptr};
    if (bytes == 4 && components == 4)
        return {"RGB32", "uint8", "bgrx8"};
    if (bytes == 8 && components == 4)
        return {"RGB64", "uint16", "bgra16"};
    throw std::runtime_error("Pixels of " + std::to_string(bytes) + " bytes with " + std::to_string(components)
        + " components cannot be stored; choose GRAY8; GRAY16; GRAY32; RGB32 or RGB64 as the camera's pixel type");
}

/// The members that describe one camera's frames.
Json describeFrames(const Options& options, const Json& file, const FrameShape& shape)
{
    const PixelType type = find(shape);
    Json dimensions = parseAxes(options.axes);
    if (type.format != nullptr) {
        for (std::size_t i = 0; i < dimensions.size(); i++)
            if (dimensions.item(i).find("name")->text() == "c")
                throw std::runtime_error("Axes: a colour camera fills the axis c by itself; leave it out");
        dimensions.add(colourDimension());
    }
    const double pixelSize = options.pixelSizeUm * std::max(1u, shape.binning);
    dimensions.add(planeDimension("y", shape.height, pixelSize));
    dimensions.add(planeDimension("x", shape.width, pixelSize));
    Json frames = Json::object();
    // Four bytes are numbers of either kind; only the user can know that they are whole ones.
    const Json* const whole = shape.bytesPerPixel == 4 && shape.components == 1 ? file.find("dtype") : nullptr;
    frames.set("dtype", whole != nullptr ? *whole : Json::string(type.dtype)).set("dimensions", dimensions);
    Json frame = Json::object();
    if (type.format != nullptr)
        frame.set("pixel_format", Json::string(type.format));
    if (shape.bytesPerPixel == 8)
        frame.set("alpha", Json::string("drop"));
    if (type.format == nullptr && shape.bytesPerPixel == 2 && shape.bitDepth > 8 && shape.bitDepth < 16)
        frame.set("significant_bits", Json::integer(shape.bitDepth));
    frames.set("frame", frame);
    return frames;
}

void limitWaiting(Json& document)
{
    const Json* const wait = document.find("pipeline")->find("append_timeout_ms");
    const long milliseconds = wait->kind() == Json::Kind::Number ? std::strtol(wait->text().c_str(), nullptr, 10) : -1;
    if (milliseconds < 0 || milliseconds > longestAppendWaitMs)
        throw std::runtime_error("SettingsFile: pipeline.append_timeout_ms: the camera waits meanwhile; at most "
            + std::to_string(longestAppendWaitMs));
}

} // namespace

std::string describe(const FrameShape& shape)
{
    return std::to_string(shape.width) + " x " + std::to_string(shape.height) + " pixels of "
        + std::to_string(shape.bytesPerPixel) + (shape.components > 1 ? " bytes (colour)" : " bytes") + "; binning "
        + std::to_string(shape.binning);
}

std::string pixelTypeOf(const FrameShape& shape) { return find(shape).name; }

std::vector<std::string> keysOf(const std::vector<Camera>& cameras)
{
    std::vector<std::string> keys;
    for (const Camera& camera : cameras) {
        std::string key;
        for (const char c : camera.label)
            key += static_cast<unsigned char>(c) < 0x20 || std::string("/\\:*?\"<>|").find(c) != std::string::npos ? '_' : c;
        while (!key.empty() && (key.back() == '.' || key.back() == ' '))
            key.back() = '_';
        if (key.empty() || key[0] == '.' || key.compare(0, 2, "__") == 0 || lower(key) == "ome")
            key = "camera-" + key;
        const std::string base = key;
        const auto isKey = [&key](const std::string& one) { return lower(one) == lower(key); };
        for (int number = 2; std::any_of(keys.begin(), keys.end(), isKey); number++)
            key = base + "-" + std::to_string(number);
        keys.push_back(key);
    }
    return keys;
}

Json readSettingsFile(const std::string& path)
{
    if (path.empty())
        return Json::object();
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw std::runtime_error("SettingsFile: " + path + " cannot be read");
    const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    Json file;
    try {
        file = Json::parse(text);
    } catch (const std::runtime_error& error) {
        throw std::runtime_error("SettingsFile: " + path + ": " + error.what());
    }
    if (!file.isObject())
        throw std::runtime_error("SettingsFile: " + path + ": a JSON object in { } is expected");
    static const struct { const char* key; const char* instead; } theirs[] = {
        {"root_path", "set the property Path"},
        {"dimensions", "set the property Axes; x and y are the camera's"},
        {"arrays", "set the property Cameras"},
        {"frame", "the camera says what its pixels are"},
        {"overwrite", "a new recording never replaces an old one"},
    };
    for (const auto& one : theirs)
        if (file.find(one.key) != nullptr)
            throw std::runtime_error("SettingsFile: " + path + ": " + one.key + " does not belong there: " + one.instead);
    return file;
}

Json buildSettings(const Options& options, const Json& file, const std::vector<Camera>& cameras)
{
    if (options.path.empty())
        throw std::runtime_error("Path is empty: set the folder of the dataset; such as D:/data/cells.ome.zarr");
    Json document = Json::object();
    document.set("root_path", Json::string(options.path));
    document.set("layout", Json::string("auto"));
    document.set("compression", Json::string(options.compression));
    if (options.pyramid != "none")
        document.set("pyramid", Json::object().set("levels",
            options.pyramid == "auto" ? Json::string("auto") : Json::integer(std::strtol(options.pyramid.c_str(), nullptr, 10))));
    document.set("pipeline", Json::object()
        .set("backpressure", Json::string(options.dropOnOverflow ? "drop" : "block"))
        .set("append_timeout_ms", Json::integer(longestAppendWaitMs)));
    document.merge(file);
    limitWaiting(document);
    if (cameras.size() == 1) {
        document.merge(describeFrames(options, file, cameras[0].shape));
        return document;
    }
    const std::vector<std::string> keys = keysOf(cameras);
    Json arrays = Json::array();
    for (std::size_t i = 0; i < cameras.size(); i++) {
        Json array = Json::object().set("key", Json::string(keys[i]));
        array.merge(describeFrames(options, file, cameras[i].shape));
        arrays.add(array);
    }
    document.set("arrays", arrays);
    return document;
}

Json describeRecording(const Options& options, const std::vector<Camera>& cameras)
{
    const std::vector<std::string> keys = keysOf(cameras);
    Json list = Json::array();
    for (std::size_t i = 0; i < cameras.size(); i++) {
        Json camera = Json::object().set("label", Json::string(cameras[i].label));
        if (cameras.size() > 1)
            camera.set("array", Json::string(keys[i]));
        camera.set("pixel_type", Json::string(pixelTypeOf(cameras[i].shape)));
        camera.set("binning", Json::integer(cameras[i].shape.binning));
        if (cameras[i].shape.bitDepth > 0)
            camera.set("bit_depth", Json::integer(cameras[i].shape.bitDepth));
        list.add(camera);
    }
    return Json::object().set("axes", Json::string(options.axes)).set("cameras", list);
}

std::string numberedPath(const std::string& path, int number)
{
    std::string base = path;
    while (base.size() > 1 && (base.back() == '/' || base.back() == '\\'))
        base.pop_back();
    if (number == 0)
        return base;
    std::string suffix;
    for (const char* const end : {".ome.zarr", ".zarr"}) {
        if (endsWith(base, end)) {
            suffix = base.substr(base.size() - std::string(end).size());
            break;
        }
    }
    return base.substr(0, base.size() - suffix.size()) + "_" + std::to_string(number) + suffix;
}

} // namespace omezarr
