// What became of a recording: its first error, its counters, and the datasets that are still being completed.
#pragma once

#include "omezarr_native.h"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace omezarr {

enum class State { Idle, Recording, Finishing, Error };

struct Status {
    State state = State::Idle;
    std::string dataset; ///< of the latest recording
    std::string lastError;
    std::uint64_t framesAppended = 0; ///< these three: of all datasets and cameras of the recording
    std::uint64_t framesWritten = 0;
    std::uint64_t framesDropped = 0;
    double ringUse = 0; ///< 0 to 1
    double appendP99Us = 0;
};

/// The library's last message on this thread.
std::string lastError();

/// A status and its message, by default the last one.
std::string describeError(std::int32_t status, const std::string& message = lastError());

/// Any thread may call it.
class Outcome {
public:
    /// Begins with a new recording; datasets of earlier ones go on being completed.
    void begin();

    void setDataset(const std::string& path);
    void setError(const std::string& error);
    std::string error() const;

    /// Takes over a stream whose end was begun, until it is over. failureTold: its error is known already.
    void complete(std::uint64_t stream, const std::string& path, bool failureTold);

    /// Asks the datasets whether they are complete. How many are not.
    std::size_t poll();

    /// What is known, of a stream that still takes frames (or 0) as well.
    Status status(std::uint64_t running);

private:
    struct Ending {
        std::uint64_t stream;
        std::string path;
        omz_stats stats; ///< its last
        unsigned recording; ///< which one it belongs to
        bool failureTold;
    };

    void close(std::size_t ending, std::int32_t status, const std::string& error);

    mutable std::mutex guard_; ///< of all that follows
    unsigned recording_ = 0; ///< counts the recordings
    std::vector<Ending> endings_;
    std::string dataset_;
    std::string error_;
    std::uint64_t appended_ = 0; ///< of what is complete
    std::uint64_t written_ = 0;
    std::uint64_t dropped_ = 0;
    double appendP99Us_ = 0;
};

} // namespace omezarr
