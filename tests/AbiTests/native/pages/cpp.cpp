// Calls everything that the page for C++ shows: its blocks after the first program are in blocks.h.
#include <omezarr_native.hpp>

#include <cstdio>
#include <cstring>

#include "blocks.h"

namespace {

constexpr std::size_t pixel_count = 64 * 64;

omz::Settings settings_of(const char* path)
{
    omz::Settings settings(path, "uint16");
    settings.dimension({"t"}).dimension({"y", 64}).dimension({"x", 64});
    return settings;
}

} // namespace

int main()
{
    std::vector<std::uint16_t> pixels(pixel_count, 7);
    omz::Stream stream(settings_of("more.ome.zarr"));
    append_with_metadata(stream, pixels, 0.5);
    append_by_slot(stream, [](void* to, std::uint64_t) { std::memset(to, 2, pixel_count * 2); });
    for (int t = 2; t < 100; t++)
        stream.append(pixels);
    stream.finalize();
    if (newest_tile("more.ome.zarr") != pixels)
        return 1;

    omz::Settings lending = settings_of("lent.ome.zarr");
    lending.pipeline("borrowed_buffers", 1);
    omz::Stream lent(lending);
    std::vector<std::uint64_t> back;
    lend(lent, pixels.data(), pixel_count * 2, 17, [&](std::uint64_t number) { back.push_back(number); });
    lent.finalize();
    for (std::uint64_t number : lent.poll_released())
        back.push_back(number);
    if (back != std::vector<std::uint64_t>{17})
        return 2;

    if (!record(settings_of("results.ome.zarr"), pixels) || record(settings_of("results.ome.zarr"), pixels))
        return 3;
    std::puts("ok");
    return 0;
}
