// What the programs about Micro-Manager share: checks that end the program, and a look into datasets of whole, uncompressed frames.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#define CHECK(condition) checkTrue((condition), #condition, __FILE__, __LINE__, "")
#define CHECK_TEXT(text, part) checkTrue((text).find(part) != std::string::npos, #text " has " #part, __FILE__, __LINE__, (text))

inline void checkTrue(bool holds, const char* condition, const char* file, int line, const std::string& seen)
{
    if (holds)
        return;
    std::fprintf(stderr, "%s:%d: not so: %s\n%s\n", file, line, condition, seen.c_str());
    std::fflush(stderr);
    std::_Exit(1);
}

inline bool exists(const std::string& path) { return std::ifstream(path).good(); }

inline std::string readFile(const std::string& path)
{
    std::ifstream stream(path, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
}

inline void writeFile(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

/// Pixels that look like noise and depend on camera and number alone.
inline std::vector<unsigned char> pixelsOf(unsigned camera, unsigned number, std::size_t bytes)
{
    std::vector<unsigned char> pixels(bytes);
    std::uint64_t state = (std::uint64_t{camera} << 32) + number * 0x9E3779B97F4A7C15u + 1;
    for (unsigned char& pixel : pixels) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        pixel = static_cast<unsigned char>(state >> 56);
    }
    return pixels;
}

/// A chunk of an image whose chunks are whole frames without compression, such as c/7/0/0.
inline std::string chunk(const std::string& image, long frame) { return readFile(image + "/0/c/" + std::to_string(frame) + "/0/0"); }

inline bool holds(const std::string& image, long frame, const std::vector<unsigned char>& pixels)
{
    const std::string stored = chunk(image, frame);
    return stored.size() == pixels.size() && std::memcmp(stored.data(), pixels.data(), pixels.size()) == 0;
}

/// The plane of a colour (0 red, 1 green, 2 blue) of a frame that came as blue, green, red and one unused.
inline bool holdsColour(const std::string& image, long frame, unsigned colour, const std::vector<unsigned char>& bgrx,
                        std::size_t bytesPerComponent)
{
    const std::string stored = readFile(image + "/0/c/" + std::to_string(frame) + "/" + std::to_string(colour) + "/0/0");
    if (stored.size() != bgrx.size() / 4)
        return false;
    const std::size_t pixels = stored.size() / bytesPerComponent;
    for (std::size_t i = 0; i < pixels; i++) {
        const unsigned char* const sent = bgrx.data() + (4 * i + 2 - colour) * bytesPerComponent;
        if (std::memcmp(stored.data() + i * bytesPerComponent, sent, bytesPerComponent) != 0)
            return false;
    }
    return true;
}

/// Without spaces, so that members can be looked for.
inline std::string compact(const std::string& json)
{
    std::string text;
    for (const char c : json)
        if (c != ' ' && c != '\n')
            text += c;
    return text;
}

inline std::string root(const std::string& dataset) { return compact(readFile(dataset + "/zarr.json")); }

inline std::string shapeOf(const std::string& image)
{
    const std::string text = compact(readFile(image + "/0/zarr.json"));
    const std::size_t at = text.find("\"shape\":[");
    return at == std::string::npos ? "none" : text.substr(at + 8, text.find(']', at) - at - 7);
}

inline void waitUntil(const std::function<bool()>& condition, const char* what)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2); // only a hang gets there
    while (!condition()) {
        checkTrue(std::chrono::steady_clock::now() < deadline, what, __FILE__, __LINE__, "");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

/// Uncompressed, a frame a chunk, a chunk a file: pixels can be compared without a reader.
inline const char* plainSettings() { return "{\"layout\": null, \"pyramid\": null, \"compression\": \"none\"}"; }
