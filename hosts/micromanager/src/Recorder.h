// Records the frames of one or several cameras into OME-Zarr. Knows nothing of Micro-Manager: devices are thin layers over it.
#pragma once

#include "Settings.h"

#include "omezarr_native.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

namespace omezarr {

/// A frame as a camera hands it over; all of it is used only during the call.
struct Frame {
    const void* pixels = nullptr;
    FrameShape shape;
    double exposureMs = -1;     ///< negative: unknown
    const char* tags = nullptr; ///< metadata in Micro-Manager's serialized form, or null
};

enum class Taken {
    No,      ///< no recording is on
    Stored,
    Dropped, ///< the disk was too slow; the frame is counted as missing
    Failed,  ///< the recording has ended with an error
};

enum class State { Idle, Recording, Finishing, Error };

struct Status {
    State state = State::Idle;
    std::string dataset; ///< of the latest recording
    std::string lastError;
    std::uint64_t framesAppended = 0; ///< these three: of all datasets of the recording
    std::uint64_t framesWritten = 0;
    std::uint64_t framesDropped = 0;
    double ringUse = 0;       ///< of the fullest camera, 0 to 1
    double appendP99Us = 0;
};

/// start, stop and the questions may come from any thread; take from one thread for each camera, which it holds up at most as long
/// as a slow disk is waited for (longestAppendWaitMs) or a new dataset takes to begin (longestBeginMs).
class Recorder {
public:
    /// How long a change of the frames' shape may hold up the camera while the next dataset is begun.
    static constexpr long longestBeginMs = 1000;

    Recorder() = default;
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// Ends the recording; waits a little, after which the library goes on by itself.
    ~Recorder();

    /// Creates the dataset, so that the first frame need not wait for it. Returns "", or why it cannot be.
    std::string start(const Options& options, const std::vector<Camera>& cameras);

    /// Takes a frame of a camera, by its place in start's list.
    Taken take(std::size_t camera, const Frame& frame);

    /// Ends the recording with an error that the host found, such as a second camera.
    void fail(const std::string& error);

    /// Keeps an error that the host found before it could start.
    void refuse(const std::string& error);

    /// Begins to complete the dataset and returns.
    void stop();

    bool recording() const noexcept { return stream_.load() != 0 && !failed_.load(); }

    /// Whether a dataset is still being completed.
    bool finishing();

    /// Waits until all datasets are complete; false when they are not in time.
    bool wait(std::chrono::milliseconds most);

    Status status();

private:
    /// A dataset that is being completed.
    struct Ending {
        std::uint64_t stream;
        std::string path;
        omz_stats stats; ///< its last
        unsigned recording; ///< which one it belongs to
        bool failureTold; ///< it ended because it had failed
    };

    /// The first time of a frame, from which the others' are counted.
    using Clock = std::chrono::steady_clock;

    bool begin(long createTimeoutMs, const std::string& replaced);
    void tell(const std::string& endedBy);
    void end(const std::string& reason);
    bool beginAnew(std::size_t camera, const FrameShape& shape);
    std::string giveUpEmpty();
    Taken append(std::size_t camera, const Frame& frame);
    Taken failWith(const std::string& error);
    void finishFailed();
    void poll();
    void complete(std::size_t ending, std::int32_t status, const std::string& error);
    void setError(const std::string& error);

    /// Shared by those who append, exclusive to those who begin or end a dataset.
    std::shared_timed_mutex lifecycle_;
    Options options_;
    Json file_;
    std::vector<Camera> cameras_;
    std::vector<std::uint64_t> arrays_;
    std::string path_;
    std::string continues_; ///< the dataset before, when frames changed
    std::atomic<std::uint64_t> stream_{0};
    std::atomic<bool> failed_{false};
    std::atomic<std::uint64_t> refused_{0}; ///< frames that came after the failure
    std::atomic<Clock::rep> firstFrame_{0};

    std::mutex told_; ///< guards what follows
    unsigned recording_ = 0; ///< counts the recordings
    std::vector<Ending> endings_;
    std::string dataset_;
    std::string error_;
    std::uint64_t appended_ = 0;
    std::uint64_t written_ = 0;
    std::uint64_t dropped_ = 0;
    double lastP99Us_ = 0;
};

/// Micro-Manager's serialized tags as the members of a JSON object with braces; "" when there are none or they are not understood.
/// Reuses the string's memory.
void tagsToJson(const char* tags, std::string& json);

} // namespace omezarr
