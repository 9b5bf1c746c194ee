#include "Outcome.h"

#include <algorithm>

namespace omezarr {

std::string lastError()
{
    std::string text(static_cast<std::size_t>(std::max<std::int32_t>(omz_last_error(nullptr, 0), 1)), '\0');
    omz_last_error(&text[0], static_cast<std::int32_t>(text.size()));
    return text.c_str();
}

std::string describeError(std::int32_t status, const std::string& message)
{
    return std::string(omz_status_name(status)) + ": " + message;
}

void Outcome::begin()
{
    const std::lock_guard<std::mutex> lock(guard_);
    recording_++;
    error_.clear();
    dataset_.clear();
    appended_ = written_ = dropped_ = 0;
    appendP99Us_ = 0;
}

void Outcome::setDataset(const std::string& path)
{
    const std::lock_guard<std::mutex> lock(guard_);
    dataset_ = path;
}

void Outcome::setError(const std::string& error)
{
    const std::lock_guard<std::mutex> lock(guard_);
    error_ = error;
}

std::string Outcome::error() const
{
    const std::lock_guard<std::mutex> lock(guard_);
    return error_;
}

void Outcome::complete(std::uint64_t stream, const std::string& path, bool failureTold)
{
    omz_stats stats = OMZ_STATS_INIT;
    omz_get_stats(stream, &stats);
    const std::lock_guard<std::mutex> lock(guard_);
    endings_.push_back({stream, path, stats, recording_, failureTold});
}

std::size_t Outcome::poll()
{
    const std::lock_guard<std::mutex> lock(guard_);
    for (std::size_t i = endings_.size(); i-- > 0;) {
        Ending& ending = endings_[i];
        omz_stats stats = OMZ_STATS_INIT;
        if (omz_get_stats(ending.stream, &stats) == OMZ_OK)
            ending.stats = stats;
        const std::int32_t status = omz_finalize_poll(ending.stream, 0, nullptr);
        if (status != OMZ_E_TIMEOUT)
            close(i, status, status == OMZ_OK ? "" : describeError(status));
    }
    return endings_.size();
}

/// Takes a dataset off the list, adds its counters and keeps its error. OMZ_E_FINALIZED is the end of one that was given up.
void Outcome::close(std::size_t ending, std::int32_t status, const std::string& error)
{
    const Ending& ended = endings_[ending];
    if (status != OMZ_OK && status != OMZ_E_FINALIZED && error_.empty() && !ended.failureTold)
        error_ = ended.path + ": " + error;
    if (ended.recording == recording_) {
        appended_ += ended.stats.frames_appended;
        written_ += status == OMZ_OK ? ended.stats.frames_appended : ended.stats.frames_written;
        dropped_ += ended.stats.frames_dropped;
        appendP99Us_ = static_cast<double>(ended.stats.append_p99_ns) / 1000;
    }
    endings_.erase(endings_.begin() + static_cast<std::ptrdiff_t>(ending));
}

Status Outcome::status(std::uint64_t running)
{
    poll();
    omz_stats stats = OMZ_STATS_INIT;
    const bool runs = running != 0 && omz_get_stats(running, &stats) == OMZ_OK;
    const std::lock_guard<std::mutex> lock(guard_);
    Status status;
    status.state = runs ? State::Recording : !error_.empty() ? State::Error : endings_.empty() ? State::Idle : State::Finishing;
    status.dataset = dataset_;
    status.lastError = error_;
    status.framesAppended = appended_;
    status.framesWritten = written_;
    status.framesDropped = dropped_;
    status.appendP99Us = appendP99Us_;
    const auto add = [&status](const omz_stats& more) {
        status.framesAppended += more.frames_appended;
        status.framesWritten += more.frames_written;
        status.framesDropped += more.frames_dropped;
        status.appendP99Us = static_cast<double>(more.append_p99_ns) / 1000;
    };
    for (const Ending& ending : endings_)
        if (ending.recording == recording_)
            add(ending.stats);
    if (runs) {
        add(stats);
        if (stats.ring_capacity > 0)
            status.ringUse = static_cast<double>(stats.ring_occupancy) / static_cast<double>(stats.ring_capacity);
    }
    return status;
}

} // namespace omezarr
