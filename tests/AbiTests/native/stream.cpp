/* The C++ face: it closes itself, moves, throws what it meets, and tells what a destructor could not throw. */
#include "omezarr_native.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

std::string folder;
std::string unreported;

#define CHECK(condition)                                                        \
    do {                                                                        \
        if (!(condition)) {                                                     \
            std::printf("%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            std::exit(1);                                                       \
        }                                                                       \
    } while (false)

template <class Expected, class Action>
std::string thrown(Action action)
{
    try {
        action();
    } catch (const Expected& error) {
        CHECK(error.status() < 0 && std::string(error.what()).find(error.name()) == 0);
        CHECK(std::string(error.what()).find(error.message()) != std::string::npos);
        return error.message();
    }
    std::puts("nothing was thrown");
    std::exit(1);
}

std::string settings(const std::string& name, int frames, const std::string& more = "")
{
    return R"({"root_path": ")" + folder + "/" + name + R"(.ome.zarr", "overwrite": true, "dtype": "uint16", "dimensions": [)"
        + R"({"name": "t", "type": "time", "count": )" + std::to_string(frames) + R"(}, )"
        + R"({"name": "y", "count": 4}, {"name": "x", "count": 8}])" + more + "}";
}

std::vector<std::uint16_t> stored(const std::string& name, int frame)
{
    std::vector<std::uint16_t> pixels(4 * 8);
    const std::string path = folder + "/" + name + ".ome.zarr/0/c/" + std::to_string(frame) + "/0/0";
    std::FILE* file = std::fopen(path.c_str(), "rb");
    const std::size_t read = file == nullptr ? 0 : std::fread(pixels.data(), 2, pixels.size(), file);
    if (file != nullptr)
        std::fclose(file);
    pixels.resize(read);
    return pixels;
}

void life()
{
    const std::vector<std::uint16_t> frame(4 * 8, 7), other(4 * 8, 9);
    omz::Stream moved;
    CHECK(!moved);
    {
        omz::Stream stream(settings("destroyed", 2));
        CHECK(stream && stream.append(frame));
        moved = std::move(stream);
        CHECK(!stream && moved);
        CHECK(stream.release() == 0);
        thrown<omz::StreamError>([&] { stream.append(frame); });
        stream.finalize(); // a closed stream stays closed
        stream.abort();
    }
    CHECK(moved.append(other));
    CHECK(moved.stats().frames_appended == 2 && moved.stats_json().find("\"frames_appended\":2") != std::string::npos);
    CHECK(moved.error().empty());
    moved = omz::Stream(settings("next", 1)); // finalizes the one before
    CHECK(stored("destroyed", 0) == frame && stored("destroyed", 1) == other);
    moved.skip();
    moved.flush(std::chrono::seconds(60));
    thrown<omz::Error>([&] { moved.finalize_poll(); }); // not begun: the stream is still open
    CHECK(moved);
    moved.finalize_begin();
    thrown<omz::StreamError>([&] { moved.append(frame); });
    while (!moved.finalize_poll(std::chrono::milliseconds(10)))
        continue;
    CHECK(!moved && unreported.empty());

    { omz::Stream forgotten(settings("forgotten", 1)); forgotten.append(frame); }
    CHECK(stored("forgotten", 0) == frame && unreported.empty());

    // a handle that somebody else has freed: the destructor cannot throw, so the handler is told
    { omz::Stream stream(settings("freed", 1)); omz_abort(stream.handle()); }
    CHECK(unreported.find("OMZ_E_INVALID_HANDLE: ") == 0);
}

void without_a_copy()
{
    const std::vector<std::uint16_t> zero(4 * 8, 0), one(4 * 8, 1), two(4 * 8, 2), three(4 * 8, 3);
    omz::Stream stream(settings("uncopied", 4, R"(, "pipeline": {"ring_frames": 2})"));
    std::uint64_t slot_bytes = 0;
    CHECK(stream.slots(&slot_bytes).size() == 2 && slot_bytes >= 64);
    {
        omz::Slot first = stream.acquire_slot();
        omz::Slot second = stream.acquire_slot();
        CHECK(first.number() != second.number() && first.pixels() == stream.slots()[static_cast<std::size_t>(first.number())]);
        CHECK(first.capacity() == slot_bytes);
        thrown<omz::TimeoutError>([&] { stream.acquire_slot(std::chrono::milliseconds(0)); });
        std::copy(zero.begin(), zero.end(), static_cast<std::uint16_t*>(first.pixels()));
        first.commit();
        thrown<omz::Error>([&] { first.commit(); });
        second = stream.acquire_slot(); // the one before is given back, and this one at the end of the block
    }
    omz::Slot indexed = stream.acquire_slot();
    std::copy(two.begin(), two.end(), static_cast<std::uint16_t*>(indexed.pixels()));
    omz::Frame frame;
    frame.size_bytes = 64;
    frame.index = 2;
    indexed.commit(frame);

    omz::Frame borrowed;
    borrowed.size_bytes = 64;
    thrown<omz::Error>([&] { stream.append_borrowed(borrowed, 5); });
    borrowed.pixels = one.data();
    borrowed.index = 1;
    CHECK(stream.append_borrowed(borrowed, 71));
    CHECK(stream.poll_released(std::chrono::milliseconds(-1)) == std::vector<std::uint64_t>{71});
    CHECK(stream.poll_released().empty());
    borrowed.pixels = three.data();
    borrowed.index = 3;
    CHECK(stream.append_borrowed(borrowed, 73));
    stream.finalize();
    CHECK(stream.poll_released(std::chrono::milliseconds(-1)) == std::vector<std::uint64_t>{73});
    CHECK(stream.poll_released(std::chrono::milliseconds(-1)).empty()); // none will come any more
    CHECK(stored("uncopied", 0) == zero && stored("uncopied", 1) == one && stored("uncopied", 2) == two && stored("uncopied", 3) == three);

    omz::Stream called(settings("called", 1));
    std::vector<std::uint64_t> tokens;
    called.set_release_callback([](std::uint64_t token, void* data) { static_cast<std::vector<std::uint64_t>*>(data)->push_back(token); }, &tokens);
    borrowed.index = -1;
    CHECK(called.append_borrowed(borrowed, 9));
    called.finalize();
    CHECK(tokens == std::vector<std::uint64_t>{9});
}

void datasets()
{
    const std::vector<std::uint16_t> zero(4 * 8, 0), one(4 * 8, 1);
    omz::Stream stream(settings("dataset", 3));
    omz::Frame frame;
    frame.pixels = one.data();
    frame.size_bytes = 64;
    frame.delta_t = 2.5;
    stream.append(frame);
    omz::Dataset live = omz::Dataset::of(stream, std::chrono::seconds(60));
    std::vector<std::uint16_t> pixels(4 * 8);
    CHECK(live.read_frame(pixels.data(), 64, 0) == 0 && pixels == one); // also before it is stored
    stream.skip(2);
    CHECK(stream.next_frame() == 3 && stream.stats().next_frame == 3);
    stream.finalize();

    omz::Dataset dataset(folder + "/dataset.ome.zarr", std::chrono::seconds(60));
    CHECK(dataset.json().find("\"complete\":true") != std::string::npos);
    CHECK(dataset.json(0).find("\"shape\":[3,4,8]") != std::string::npos);
    CHECK(dataset.read<std::uint16_t>({0, 1, 2}, {1, 2, 3}, {1, 2, 2}) == std::vector<std::uint16_t>(6, 1));
    CHECK(dataset.read_frame(pixels.data(), 64, std::vector<std::int64_t>{1}) == 1 && pixels == zero);
    CHECK(dataset.frame_metadata(0).find("\"delta_t\":2.5") != std::string::npos);
    CHECK(!dataset.refresh() && live.refresh());
    thrown<omz::Error>([&] { dataset.read<std::uint16_t>({0, 0}, {1, 1}); });
    thrown<omz::Error>([&] { dataset.read<std::uint16_t>({0, 0, 0}, {1, -1, 1}); });
    thrown<omz::ReadError>([&] { omz::Dataset nowhere(folder + "/nowhere"); });
    omz::Dataset moved = std::move(dataset);
    CHECK(dataset.handle() == 0 && moved.handle() != 0);
    thrown<omz::StreamError>([&] { dataset.refresh(); });
    moved.close();
    moved.close();
}

void cameras()
{
    const std::vector<std::uint16_t> zero(4 * 8, 0), one(4 * 8, 1);
    omz::Stream stream(settings("cameras", 2, R"(, "pipeline": {"ring_frames": 3}, "arrays": [{"key": "left"}, {"key": "right"}])"));
    omz::ArrayStream left = stream.array("left"), right = stream.array("right");
    thrown<omz::Error>([&] { stream.array("middle"); });
    std::uint64_t slot_bytes = 0;
    CHECK(left.slots(&slot_bytes).size() == 3 && slot_bytes >= 64 && left.slots() != right.slots());
    CHECK(left.append(zero) && right.append(zero));
    omz::Frame borrowed;
    borrowed.pixels = one.data();
    borrowed.size_bytes = 64;
    borrowed.delta_t = 0.5;
    CHECK(left.append_borrowed(borrowed, 5));
    CHECK(left.poll_released(std::chrono::milliseconds(-1)) == std::vector<std::uint64_t>{5});
    CHECK(left.poll_released().empty());
    std::vector<std::uint64_t> tokens;
    right.set_release_callback([](std::uint64_t token, void* data) { static_cast<std::vector<std::uint64_t>*>(data)->push_back(token); }, &tokens);
    CHECK(right.append_borrowed(borrowed, 6));
    left.set_image_metadata("left", "lab", "1");
    thrown<omz::Error>([&] { left.set_image_metadata("right", "lab", "1"); });
    CHECK(left.stats().frames_appended == 2 && stream.stats().frames_appended == 4);
    stream.finalize();
    CHECK(tokens == std::vector<std::uint64_t>{6});
    CHECK(left.poll_released(std::chrono::milliseconds(-1)).empty()); // none will come any more
    thrown<omz::Error>([&] { left.append(zero); });
}

void errors()
{
    const std::vector<std::uint16_t> frame(4 * 8, 7), longer(4 * 8 + 1, 7);
    CHECK(thrown<omz::SettingsError>([] { omz::validate_settings("{}"); }).find("dimensions") != std::string::npos);
    thrown<omz::SettingsError>([] { omz::Stream stream("{"); });
    thrown<omz::SettingsError>([] { omz::describe_layout("[]"); });
    CHECK(omz::describe_layout(settings("plan", 3)).find("\"shape\"") != std::string::npos);
    CHECK(omz::estimate_memory(settings("plan", 3)) > 3 * 64);

    omz::Stream stream(settings("errors", 1));
    thrown<omz::FrameError>([&] { stream.append(longer); });
    thrown<omz::Error>([&] { stream.append(nullptr, 64); });
    thrown<omz::Error>([&] { stream.set_metadata("ome", "{}"); });
    stream.set_metadata("lab", "[1]");
    omz::Frame indexed;
    indexed.pixels = frame.data();
    indexed.size_bytes = 64;
    indexed.index = 0;
    CHECK(stream.append(indexed));
    thrown<omz::FrameError>([&] { stream.append(frame); });
    stream.finalize();
    CHECK(stored("errors", 0) == frame);
}

void reasons()
{
    const std::vector<std::uint16_t> frame(4 * 8, 7);
    omz::Stream stream(settings("reason", 1));
    stream.set_end_reason("the stage does not answer");
    stream.set_end_reason({});
    thrown<omz::Error>([&] { stream.set_end_reason(std::string(OMZ_END_REASON_MAX_BYTES + 1, 'x')); });
    stream.finalize();
    thrown<omz::StreamError>([&] { stream.set_end_reason("too late"); });
    unreported.clear();
    try {
        omz::Stream lost(settings("passed", 1));
        lost.append(frame);
        throw std::runtime_error("an exception of the host");
    } catch (const std::runtime_error&) {
    }
    CHECK(unreported.empty() && stored("passed", 0) == frame);
}

void log()
{
    int lines = 0;
    omz::set_log_callback([&lines](std::int32_t, std::string_view message) { lines += !message.empty(); }, OMZ_LOG_DEBUG);
    omz::Stream(settings("log", 1)).finalize();
    omz::set_log_callback({}); // after this it has had every line
    CHECK(lines > 0);
    const int before = lines;
    omz::Stream(settings("log", 1)).finalize();
    CHECK(lines == before);
}

} // namespace

int main(int, char** argv)
{
    folder = argv[1];
    omz::on_unreported_error([](const char* text) { unreported = text; });
    CHECK(std::string(omz::version()).find('.') != std::string::npos);
    life();
    without_a_copy();
    datasets();
    cameras();
    errors();
    reasons();
    log();
    std::puts("ok");
    return 0;
}
