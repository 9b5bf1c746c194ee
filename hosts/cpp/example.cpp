/*
 * example.cpp - a time-lapse from C++: settings checked beforehand, packed and padded frames, progress while it is finalized.
 *
 *     package=../../artifacts/linux-x64
 *     c++ -std=c++17 example.cpp -I$package/include -L$package -lomezarr_native -Wl,-rpath,$package -o example
 *     ./example [example.ome.zarr]
 */
#include "omezarr_native.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

constexpr std::uint32_t times = 8, height = 480, width = 640;

std::string settings(const std::string& path)
{
    // A raw string keeps JSON readable. A path with quotes or backslashes needs JSON escapes.
    return R"({
      "root_path": ")" + path + R"(", "overwrite": true, "dtype": "uint16", "compression": "blosc-zstd",
      "dimensions": [
        {"name": "t", "type": "time", "count": )" + std::to_string(times) + R"(, "unit": "second", "scale": 0.5},
        {"name": "c", "type": "channel", "coords": [{"name": "GFP", "color": "#00FF00"}]},
        {"name": "y", "type": "space", "count": )" + std::to_string(height) + R"(, "unit": "micrometer", "scale": 0.65},
        {"name": "x", "type": "space", "count": )" + std::to_string(width) + R"(, "unit": "micrometer", "scale": 0.65}
      ]
    })";
}

// A gradient that moves by one pixel a frame. pitch: pixels from one row to the next.
std::vector<std::uint16_t> gradient(std::uint32_t time, std::uint32_t pitch)
{
    std::vector<std::uint16_t> pixels(std::size_t{pitch} * height);
    for (std::uint32_t y = 0; y < height; y++)
        for (std::uint32_t x = 0; x < width; x++)
            pixels[std::size_t{y} * pitch + x] = static_cast<std::uint16_t>(x + y + time);
    return pixels;
}

void acquire(const std::string& path)
{
    const std::string json = settings(path);
    omz::validate_settings(json);
    std::printf("needs at most %.1f MB of memory\n", static_cast<double>(omz::estimate_memory(json)) / 1e6);

    omz::Stream stream(json);
    stream.set_metadata("microscope", R"({"objective": "10x/0.45", "operator": "example.cpp"})");
    for (std::uint32_t time = 0; time < times; time++) {
        if (time % 2 == 0) {
            stream.append(gradient(time, width)); // packed rows: any contiguous range
        } else {
            constexpr std::uint32_t pitch = width + 16; // padded rows, as many cameras deliver them
            const std::vector<std::uint16_t> pixels = gradient(time, pitch);
            omz::Frame frame;
            frame.pixels = pixels.data();
            frame.size_bytes = pixels.size() * sizeof pixels[0];
            frame.row_stride = pitch * sizeof pixels[0];
            stream.append(frame);
        }
    }

    const omz_stats stats = stream.stats();
    std::printf("%llu frames, append p99 %.3f ms\n", static_cast<unsigned long long>(stats.frames_appended),
                static_cast<double>(stats.append_p99_ns) / 1e6);

    stream.finalize_begin();
    double progress = 0;
    while (!stream.finalize_poll(std::chrono::milliseconds(100), &progress))
        std::printf("finalizing: %.0f %%\n", 100 * progress);
    std::printf("stored in %s\n", path.c_str());
}

} // namespace

int main(int argc, char** argv)
{
    try {
        acquire(argc > 1 ? argv[1] : "example.ome.zarr");
        return 0;
    } catch (const omz::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "example: %s\n", error.what());
    }
    return 1;
}
