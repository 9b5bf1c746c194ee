/*
 * What the C++ face offers by choice: results instead of exceptions, pixels of one type, settings that are built and escaped, slots in
 * containers, frames named by coordinates. Compiles without exceptions, too.
 */
#include "omezarr_native.hpp"

#include <cmath>
#include <cstring>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

namespace {

#define CHECK(condition)                                                        \
    do {                                                                        \
        if (!(condition)) {                                                     \
            std::printf("%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            std::exit(1);                                                       \
        }                                                                       \
    } while (false)

std::string folder;

omz::Settings settings(const std::string& name)
{
    omz::Settings built(folder + "/" + name + ".ome.zarr", "uint16");
    built.overwrite().dimension({"t"}).dimension({"c", {"DAPI", "GFP"}}).dimension({"y", 4}).dimension({"x", 8});
    return built;
}

void json()
{
    CHECK(omz::json_escape("C:\\data\\\"run\"\n\x01") == "C:\\\\data\\\\\\\"run\\\"\\u000a\\u0001");
    CHECK(omz::json_escape("\xc2\xb5m") == "\xc2\xb5m");
    CHECK(omz::Json(1.5).str() == "1.5" && omz::Json(-3).str() == "-3" && omz::Json(true).str() == "true");
    CHECK(omz::Json(std::uint64_t(18446744073709551615u)).str() == "18446744073709551615");
    CHECK(std::strtod(omz::Json(0.1).str().c_str(), nullptr) == 0.1);
    CHECK(omz::Json(std::numeric_limits<double>::quiet_NaN()).str().front() == '"');
    CHECK((omz::Json{"a", 1, nullptr}).str() == "[\"a\", 1, null]" && omz::Json(std::vector<int>{1, 2}).str() == "[1, 2]");
    omz::JsonObject object;
    object.set("a", 1).set("b", "x").set("a", 2).set("in", omz::JsonObject().set("c", nullptr));
    CHECK(object.str() == "{\"a\": 2, \"b\": \"x\", \"in\": {\"c\": null}}");
}

void built_settings()
{
    const std::string odd = folder + "/back\\slash and \"quotes\"";
    omz::Settings built(odd + ".ome.zarr", "uint16");
    built.overwrite()
        .dimension(omz::Dimension("t").type("time").chunk(2))
        .dimension(omz::Dimension("y", 4).scale(0.325, "um"))
        .dimension(omz::Dimension("x", 8).scale(0.325, "um"))
        .compression("blosc-lz4")
        .significant_bits(12)
        .pyramid(1)
        .pipeline("workers", 2)
        .pipeline("ring_frames", 4);
    auto stream = omz::Stream::try_create(built);
    CHECK(stream && stream.status() == OMZ_OK);
    CHECK(stream->output_path() == odd + ".ome.zarr");
    CHECK(stream->monitor_url().empty());
    CHECK(stream->slots().size() == 4);
    CHECK(stream->try_finalize());
}

void results()
{
    const std::vector<std::uint16_t> frame(4 * 8, 7);
    CHECK(!omz::Stream::try_create(std::string("{}")));
    auto refused = omz::Stream::try_create(omz::Settings("", "uint61"));
    CHECK(!refused.has_value() && refused.status() == OMZ_E_INVALID_SETTINGS);
    CHECK(refused.error().message().find("uint61") != std::string::npos);
    CHECK(std::string(refused.error().name()) == "OMZ_E_INVALID_SETTINGS");

    auto created = omz::Stream::try_create(settings("results"));
    omz::Stream stream = std::move(created).value();
    CHECK(stream.try_append(frame).value_or(false));
    const std::vector<std::uint16_t> shorter(4 * 7);
    auto append = stream.try_append(shorter);
    CHECK(!append && append.status() == OMZ_E_FRAME_SIZE && stream.last_error() == append.error().message());
    omz::Frame described;
    described.pixels = frame.data();
    described.size_bytes = 64;
    described.index = stream.index_of({0, 1});
    CHECK(described.index == 1 && stream.try_append(described) && !stream.try_append(described));
    CHECK(stream.try_skip() && stream.try_flush());
    CHECK(stream.append_at({1, 1}, frame));
    CHECK(stream.try_finalize() && stream.try_abort()); // a closed stream stays closed
    CHECK(stream.try_append(frame).status() == OMZ_E_INVALID_HANDLE);
}

void slots()
{
    omz::Stream stream(settings("slots").pipeline("ring_frames", 3));
    std::vector<omz::Slot> held(3);
    CHECK(!held[0] && held[0].pixels() == nullptr && held[0].capacity() == 0);
    held[0].cancel();
    CHECK(held[0].try_commit().status() == OMZ_E_SLOT);
    for (auto& slot : held)
        slot = stream.acquire_slot();
    CHECK(held[2] && !stream.try_acquire_slot(std::chrono::milliseconds(0)));
    for (auto& slot : held)
        std::memset(slot.pixels(), 1, 64);
    omz::Frame outside;
    outside.pixels = &outside;
    outside.size_bytes = 64;
    CHECK(held[0].try_commit(outside).status() == OMZ_E_FRAME_SIZE && held[0]);
    const std::vector<std::uint16_t> pixels(4 * 8, 7);
    omz::Frame waits;
    waits.pixels = pixels.data();
    waits.size_bytes = 64;
    CHECK(stream.try_append(waits, std::chrono::milliseconds(5)).status() == OMZ_E_TIMEOUT);
    for (auto& slot : held)
        CHECK(slot.try_commit() && !slot);
    const auto twice = held[0].try_commit();
    CHECK(twice.status() == OMZ_E_SLOT && twice.error().message().find("committed") != std::string::npos);
    CHECK(stream.try_append(waits, std::chrono::seconds(60)).value());
    CHECK(stream.stats().frames_appended == 4);
    CHECK(stream.try_abort());
}

void typed()
{
    omz::Stream stream(settings("typed"));
    auto pixels = stream.typed<std::uint16_t>();
    const std::vector<std::uint16_t> frame(4 * 8, 7);
    CHECK(pixels.append(frame) && pixels.append(frame.data(), frame.size()));
    stream.finalize();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2)
        return 2;
    folder = argv[1];
    json();
    built_settings();
    results();
    slots();
    typed();
#if defined(__cpp_exceptions)
    omz::Stream stream(settings("mistyped"));
    try {
        stream.typed<std::int16_t>();
        CHECK(false);
    } catch (const omz::Error& error) {
        CHECK(error.message().find("uint16, not int16") != std::string::npos);
    }
    try {
        (void)stream.try_append(nullptr, 64).value();
        CHECK(false);
    } catch (const omz::Error& error) {
        CHECK(error.status() == OMZ_E_INVALID_ARGUMENT);
    }
    stream.abort();
#endif
    std::puts("ok");
    return 0;
}
