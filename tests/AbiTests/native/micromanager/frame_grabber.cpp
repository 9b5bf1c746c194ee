// A camera adapter that lends its grabber's DMA buffers with OmeZarrTee.h. The grabber is simulated, and without mercy: it
// overwrites a buffer the moment it comes back, so that a pixel that were read later would be wrong in the dataset.
//
//   frame_grabber SCRATCH
#include "OmeZarrTee.h"
#include "check.h"
#include "stall.h"

#include <cmath>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <signal.h>
#include <sys/resource.h>

namespace {

constexpr unsigned width = 40, height = 24;

std::string scratch;

std::string path(const std::string& name) { return scratch + "/" + name + ".ome.zarr"; }

/// A frame grabber with a few buffers that it fills in the order in which they are queued.
class Grabber {
public:
    Grabber(unsigned buffers, std::size_t rowBytes) : rowBytes_(rowBytes), memory_(buffers), queued_(buffers, true)
    {
        for (unsigned i = 0; i < buffers; i++) {
            memory_[i].assign(rowBytes * height, 0xDD);
            free_.push_back(i);
        }
    }

    void queue(unsigned buffer)
    {
        const std::lock_guard<std::mutex> lock(guard_);
        CHECK(!queued_.at(buffer)); // each comes back once
        queued_[buffer] = true;
        std::memset(memory_[buffer].data(), 0xDD, memory_[buffer].size());
        free_.push_back(buffer);
        returned_.notify_one();
    }

    /// Fills the next buffer; waits until there is one, as a grabber does that is triggered by hand.
    unsigned fill(unsigned number)
    {
        std::unique_lock<std::mutex> lock(guard_);
        const bool came = returned_.wait_for(lock, std::chrono::minutes(2), [this] { return !free_.empty(); });
        CHECK(came); // otherwise buffers are starved
        const unsigned buffer = free_.front();
        free_.pop_front();
        queued_[buffer] = false;
        const std::vector<unsigned char> pixels = pixelsOf(9, number, width * 2 * height);
        for (unsigned y = 0; y < height; y++)
            std::memcpy(memory_[buffer].data() + y * rowBytes_, pixels.data() + y * width * 2, width * 2);
        return buffer;
    }

    const void* pixels(unsigned buffer) const { return memory_[buffer].data(); }

    bool hasAll()
    {
        const std::lock_guard<std::mutex> lock(guard_);
        return free_.size() == memory_.size();
    }

private:
    const std::size_t rowBytes_;
    std::vector<std::vector<unsigned char>> memory_;
    std::vector<bool> queued_;
    std::deque<unsigned> free_;
    std::mutex guard_;
    std::condition_variable returned_;
};

OmeZarrTee::Recording recordingOf(const std::string& name, unsigned chunkFrames = 1)
{
    OmeZarrTee::Recording recording;
    recording.path = path(name);
    recording.width = width;
    recording.height = height;
    recording.compression = "none";
    if (chunkFrames == 1)
        recording.layout = ""; // otherwise many of these small frames are in a chunk
    recording.pixelSizeUm = 0.325;
    return recording;
}

/// With any number of buffers, in chunks of one frame and of many more frames than there are buffers.
void everyFrameIsStored(unsigned buffers, unsigned chunkFrames, std::size_t rowBytes)
{
    constexpr unsigned frames = 100;
    const std::string name = std::to_string(buffers) + "-" + std::to_string(chunkFrames) + "-" + std::to_string(rowBytes);
    Grabber grabber(buffers, rowBytes);
    OmeZarrTee tee(buffers, [&](unsigned buffer) { grabber.queue(buffer); });
    OmeZarrTee::Recording recording = recordingOf(name, chunkFrames);
    recording.rowStride = rowBytes == width * 2 ? 0 : rowBytes;
    checkTrue(tee.open(recording), "open", __FILE__, __LINE__, tee.error());
    for (unsigned i = 0; i < frames; i++) {
        const unsigned buffer = grabber.fill(i);
        omz_frame more = OMZ_FRAME_INIT;
        more.exposure_time = 0.01;
        more.flags = OMZ_FRAME_HAS_EXPOSURE_TIME;
        checkTrue(tee.lend(buffer, grabber.pixels(buffer), &more), "lend", __FILE__, __LINE__, tee.error());
    }
    checkTrue(tee.close(), "close", __FILE__, __LINE__, tee.error());
    CHECK(tee.lost() == 0);
    waitUntil([&] { return tee.lent() == 0; }, "all buffers are back");
    CHECK(grabber.hasAll());
    CHECK(shapeOf(path(name)) == "[100,24,40]");
    CHECK_TEXT(root(path(name)), "0.325");
    if (chunkFrames == 1) {
        for (unsigned i = 0; i < frames; i++)
            CHECK(holds(path(name), i, pixelsOf(9, i, width * 2 * height)));
        return;
    }
    // Chunks of several whole frames, in one shard or file: their pixels lie one after the other.
    std::string stored;
    for (unsigned i = 0; stored.size() < frames * width * 2 * height; i++) {
        const std::string part = chunk(path(name), i);
        CHECK(!part.empty());
        stored += part;
    }
    for (unsigned i = 0; i < frames; i++) {
        const std::vector<unsigned char> pixels = pixelsOf(9, i, width * 2 * height);
        CHECK(stored.compare(i * pixels.size(), pixels.size(), reinterpret_cast<const char*>(pixels.data()), pixels.size()) == 0);
    }
}

void aFullDiskGivesTheBuffersBack()
{
    constexpr unsigned buffers = 4;
    Grabber grabber(buffers, width * 2);
    OmeZarrTee tee(buffers, [&](unsigned buffer) { grabber.queue(buffer); });
    CHECK(tee.open(recordingOf("full")));
    struct rlimit before;
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small = {500, before.rlim_max};
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    for (unsigned i = 0; tee.lost() < 10; i++) {
        const unsigned buffer = grabber.fill(i); // the camera goes on
        tee.lend(buffer, grabber.pixels(buffer));
    }
    CHECK(!tee.close());
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK_TEXT(tee.error(), "too large");
    waitUntil([&] { return tee.lent() == 0; }, "all buffers are back");
    CHECK(grabber.hasAll());
    CHECK(tee.open(recordingOf("after-full")) && tee.error().empty());
    const unsigned buffer = grabber.fill(1);
    CHECK(tee.lend(buffer, grabber.pixels(buffer)) && tee.close());
}

/// Metadata that cannot be stored cost nothing but themselves: the frame is taken, and its buffer comes back once.
void aFrameWithBadMetadataIsStored()
{
    Grabber grabber(2, width * 2);
    OmeZarrTee tee(2, [&](unsigned buffer) { grabber.queue(buffer); });
    CHECK(tee.open(recordingOf("bad-metadata")));
    for (unsigned i = 0; i < 5; i++) {
        const unsigned buffer = grabber.fill(i);
        omz_frame more = OMZ_FRAME_INIT;
        more.exposure_time = std::nan("");
        more.flags = OMZ_FRAME_HAS_EXPOSURE_TIME;
        more.metadata_json = i % 2 == 0 ? "no JSON" : nullptr;
        CHECK(tee.lend(buffer, grabber.pixels(buffer), &more));
    }
    CHECK(tee.close() && tee.lost() == 0);
    waitUntil([&] { return tee.lent() == 0; }, "all buffers are back");
    CHECK(grabber.hasAll());
    for (unsigned i = 0; i < 5; i++)
        CHECK(holds(path("bad-metadata"), i, pixelsOf(9, i, width * 2 * height)));
}

void framesWithoutARecordingComeBack()
{
    Grabber grabber(2, width * 2);
    OmeZarrTee tee(2, [&](unsigned buffer) { grabber.queue(buffer); });
    for (unsigned i = 0; i < 5; i++) {
        const unsigned buffer = grabber.fill(i);
        CHECK(!tee.lend(buffer, grabber.pixels(buffer)));
    }
    CHECK(tee.lost() == 5 && grabber.hasAll());
    OmeZarrTee::Recording recording = recordingOf("wrong");
    recording.dtype = "uint17";
    CHECK(!tee.open(recording));
    CHECK_TEXT(tee.error(), "dtype");
}

#if CAN_STALL

/// While the disk stands still, frames are lost and counted, and the destructor keeps the buffers until nobody reads them.
void aStalledDiskHoldsOnlyTheBuffersThatItHas()
{
    constexpr unsigned buffers = 64, lent = 3; // enough that none is copied early
    Grabber grabber(buffers, width * 2);
    std::unique_ptr<OmeZarrTee> tee(new OmeZarrTee(buffers, [&](unsigned buffer) { grabber.queue(buffer); }));
    CHECK(tee->open(recordingOf("stalled")));
    disk::stalled() = true;
    for (unsigned i = 0; i < lent; i++) {
        const unsigned buffer = grabber.fill(i);
        CHECK(tee->lend(buffer, grabber.pixels(buffer)));
    }
    waitUntil([] { return disk::waiting() > 0; }, "the disk is stuck");
    CHECK(tee->lent() > 0 && !grabber.hasAll());
    std::thread release([] {
        waitUntil([] { return disk::waiting() > 0; }, "the disk is stuck");
        disk::stalled() = false;
    });
    tee.reset();
    release.join();
    CHECK(grabber.hasAll());
    CHECK(shapeOf(path("stalled")) == "[3,24,40]");
}

#endif

} // namespace

int main(int argc, char** argv)
{
    CHECK(argc == 2);
    scratch = argv[1];
    for (const unsigned buffers : {1u, 2u, 8u, 300u})
        for (const unsigned chunkFrames : {1u, 64u})
            everyFrameIsStored(buffers, chunkFrames, width * 2);
    everyFrameIsStored(4, 1, width * 2 + 16); // rows with padding
    aFrameWithBadMetadataIsStored();
    aFullDiskGivesTheBuffersBack();
    framesWithoutARecordingComeBack();
#if CAN_STALL
    aStalledDiskHoldsOnlyTheBuffersThatItHas();
#endif
    std::puts("ok");
    return 0;
}
