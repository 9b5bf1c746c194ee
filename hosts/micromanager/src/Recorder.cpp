#include "Recorder.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace omezarr {

namespace {

using std::chrono::milliseconds;

constexpr int mostNames = 100000;           // cells.ome.zarr, cells_1.ome.zarr, …
constexpr long createTimeoutMs = 10000;     // when a recording is armed, nothing waits but the user
constexpr int mostEndings = 8;              // datasets that may still be completed when a recording starts
constexpr milliseconds lastWait(5000);      // when the device is unloaded
constexpr milliseconds emptyWait(300);      // to give up a dataset without frames

std::string lastError()
{
    std::string text(static_cast<std::size_t>(std::max<std::int32_t>(omz_last_error(nullptr, 0), 1)), '\0');
    omz_last_error(&text[0], static_cast<std::int32_t>(text.size()));
    return text.c_str();
}

std::string streamError(std::uint64_t stream)
{
    char text[1024] = "";
    return omz_stream_error(stream, text, sizeof text) > 0 ? text : "";
}

std::string describeError(std::int32_t status, const std::string& message)
{
    return std::string(omz_status_name(status)) + ": " + (message.empty() ? lastError() : message);
}

bool holdsDataset(const std::string& path) { return std::ifstream(path + "/zarr.json").good(); }

/// The next line of serialized tags; false at their end.
bool nextLine(const char*& at, const char*& line, std::size_t& length)
{
    if (*at == '\0')
        return false;
    line = at;
    const char* const end = std::strchr(at, '\n');
    length = end == nullptr ? std::strlen(at) : static_cast<std::size_t>(end - at);
    at += length + (end == nullptr ? 0 : 1);
    return true;
}

} // namespace

/// A count, then for each tag "s", name, device, read-only, value; or "a", name, device, read-only, number of values, values. A
/// device of "" or "_" is none; otherwise it precedes the name.
void tagsToJson(const char* tags, std::string& json)
{
    json.clear();
    if (tags == nullptr)
        return;
    const char* line = nullptr;
    std::size_t length = 0;
    std::string key;
    if (!nextLine(tags, line, length))
        return;
    while (nextLine(tags, line, length)) {
        const char* name = nullptr;
        std::size_t nameLength = 0;
        if (length == 0 || line[0] != 's' || !nextLine(tags, name, nameLength))
            break; // arrays are not used by any camera that we know
        if (!nextLine(tags, line, length))
            break;
        key.clear();
        if (length > 1 || (length == 1 && line[0] != '_'))
            key.append(line, length).append("-");
        key.append(name, nameLength);
        if (!nextLine(tags, line, length) || !nextLine(tags, line, length))
            break;
        json += json.empty() ? '{' : ',';
        appendJsonString(json, key.data(), key.size());
        json += ':';
        appendJsonString(json, line, length);
    }
    if (!json.empty())
        json += '}';
}

Recorder::~Recorder()
{
    stop();
    wait(lastWait);
}

std::string Recorder::start(const Options& options, const std::vector<Camera>& cameras)
{
    std::unique_lock<std::shared_timed_mutex> alone(lifecycle_);
    if (recording())
        return "a recording is on; set Recording to 0 first";
    end(""); // one that has failed
    poll();
    {
        const std::lock_guard<std::mutex> guard(told_);
        if (endings_.size() >= mostEndings)
            return "earlier recordings are still being completed (the disk is slow); wait until the device is not busy";
        recording_++;
        error_.clear();
        dataset_.clear();
        appended_ = written_ = dropped_ = 0;
        lastP99Us_ = 0;
    }
    failed_ = false;
    refused_ = 0;
    firstFrame_ = 0;
    options_ = options;
    cameras_ = cameras;
    continues_.clear();
    try {
        if (cameras.empty())
            throw std::runtime_error("there is no camera to record");
        file_ = readSettingsFile(options.settingsFile);
    } catch (const std::exception& error) {
        setError(error.what());
        return error.what();
    }
    return begin(createTimeoutMs, "") ? "" : status().lastError;
}

/// Creates the dataset of cameras_ under the first free name, or in place of an empty one. The caller is alone.
bool Recorder::begin(long timeoutMs, const std::string& replaced)
{
    try {
        Json document = buildSettings(options_, file_, cameras_);
        Json pipeline = *document.find("pipeline");
        pipeline.set("create_timeout_ms", Json::integer(timeoutMs));
        document.set("pipeline", pipeline);
        document.set("overwrite", Json::boolean(!replaced.empty()));
        std::uint64_t stream = 0;
        std::int32_t status = OMZ_E_ALREADY_EXISTS;
        std::string path = replaced;
        const Clock::time_point deadline = Clock::now() + milliseconds(timeoutMs);
        for (int number = 0; status == OMZ_E_ALREADY_EXISTS && number < mostNames && Clock::now() < deadline; number++) {
            if (replaced.empty())
                path = numberedPath(options_.path, number);
            if (replaced.empty() && holdsDataset(path))
                continue; // what omz_create would say, but sooner
            status = omz_create(document.set("root_path", Json::string(path)).dump().c_str(), &stream);
        }
        if (status != OMZ_OK) {
            setError(describeError(status, ""));
            return false;
        }
        std::vector<std::uint64_t> arrays(1, stream);
        const std::vector<std::string> keys = keysOf(cameras_);
        for (std::size_t i = 0; status == OMZ_OK && cameras_.size() > 1 && i < keys.size(); i++) {
            arrays.resize(keys.size());
            status = omz_array_stream(stream, keys[i].c_str(), &arrays[i]);
        }
        if (status != OMZ_OK) {
            setError(describeError(status, ""));
            omz_abort_begin(stream);
            return false;
        }
        arrays_ = arrays;
        path_ = path;
        {
            const std::lock_guard<std::mutex> guard(told_);
            dataset_ = path;
        }
        stream_ = stream;
        tell("");
        return true;
    } catch (const std::exception& error) {
        setError(error.what());
        return false;
    }
}

/// Keeps in the dataset what is known of the recording. Without it the pixels are as good: a refusal is no reason to fail.
void Recorder::tell(const std::string& endedBy)
{
    Json recording = describeRecording(options_, cameras_);
    if (!continues_.empty())
        recording.set("continues", Json::string(continues_));
    if (!endedBy.empty())
        recording.set("ended_by", Json::string(endedBy));
    omz_set_metadata(stream_.load(), "micromanager", recording.dump().c_str());
}

/// Begins to complete the dataset. The caller is alone.
void Recorder::end(const std::string& reason)
{
    const std::uint64_t stream = stream_.exchange(0);
    if (stream == 0)
        return;
    if (!reason.empty())
        omz_set_end_reason(stream, reason.substr(0, OMZ_END_REASON_MAX_BYTES / 2).c_str());
    Ending ending = {stream, path_, OMZ_STATS_INIT, 0, !reason.empty()};
    omz_get_stats(stream, &ending.stats);
    omz_finalize_begin(stream);
    const std::lock_guard<std::mutex> guard(told_);
    ending.recording = recording_;
    endings_.push_back(ending);
}

void Recorder::stop()
{
    std::unique_lock<std::shared_timed_mutex> alone(lifecycle_);
    end("");
}

void Recorder::refuse(const std::string& error)
{
    if (!recording())
        setError(error);
}

void Recorder::fail(const std::string& error)
{
    failWith(error);
    finishFailed();
}

/// Notes the first error; frames are refused from now on.
Taken Recorder::failWith(const std::string& error)
{
    if (!failed_.exchange(true))
        setError(error);
    refused_++;
    return Taken::Failed;
}

/// Completes what a failed recording has stored.
void Recorder::finishFailed()
{
    std::unique_lock<std::shared_timed_mutex> alone(lifecycle_);
    if (!failed_.load() || stream_.load() == 0)
        return;
    std::string error;
    {
        const std::lock_guard<std::mutex> guard(told_);
        error = error_;
    }
    end(error);
}

Taken Recorder::take(std::size_t camera, const Frame& frame)
{
    for (;;) {
        {
            std::shared_lock<std::shared_timed_mutex> shared(lifecycle_);
            if (failed_.load()) {
                refused_++;
                return Taken::Failed;
            }
            if (stream_.load() == 0)
                return Taken::No;
            if (camera >= cameras_.size())
                return Taken::No;
            if (cameras_[camera].shape == frame.shape) {
                const Taken taken = append(camera, frame);
                if (taken != Taken::Failed)
                    return taken;
            } else if (!options_.newDatasetOnShapeChange) {
                failWith("frames of " + cameras_[camera].label + " changed from " + describe(cameras_[camera].shape) + " to "
                    + describe(frame.shape) + "; and OnShapeChange is Stop");
            }
        }
        if (failed_.load()) {
            finishFailed();
            return Taken::Failed;
        }
        if (!beginAnew(camera, frame.shape))
            return Taken::Failed;
    }
}

/// Goes on in a new dataset with frames of another shape.
bool Recorder::beginAnew(std::size_t camera, const FrameShape& shape)
{
    std::unique_lock<std::shared_timed_mutex> alone(lifecycle_);
    if (stream_.load() == 0 || failed_.load() || camera >= cameras_.size())
        return true; // it has been stopped meanwhile; the caller looks again
    const std::string empty = giveUpEmpty();
    if (empty.empty()) {
        tell("a change of the frames of " + cameras_[camera].label + " to " + describe(shape));
        continues_ = path_;
        end(""); // complete as it is
    }
    cameras_[camera].shape = shape;
    if (begin(longestBeginMs, empty))
        return true;
    failed_ = true;
    refused_++;
    return false;
}

/// A dataset that has no frame yet is given up and replaced: its path, or "" when it has frames or does not end in time.
std::string Recorder::giveUpEmpty()
{
    omz_stats stats = OMZ_STATS_INIT;
    const std::uint64_t stream = stream_.load();
    if (omz_get_stats(stream, &stats) != OMZ_OK || stats.frames_appended + stats.frames_dropped != 0)
        return "";
    if (omz_abort_begin(stream) != OMZ_OK)
        return "";
    stream_ = 0;
    const std::int32_t status = omz_finalize_poll(stream, static_cast<std::int32_t>(emptyWait.count()), nullptr);
    if (status != OMZ_E_TIMEOUT)
        return path_;
    const std::lock_guard<std::mutex> guard(told_);
    endings_.push_back({stream, path_, stats, recording_, false});
    return "";
}

Taken Recorder::append(std::size_t camera, const Frame& frame)
{
    const Clock::rep now = Clock::now().time_since_epoch().count();
    Clock::rep first = 0;
    if (firstFrame_.compare_exchange_strong(first, now))
        first = now;
    thread_local std::string json; // keeps its memory from frame to frame
    tagsToJson(frame.tags, json);
    omz_frame raw = OMZ_FRAME_INIT;
    raw.pixels = frame.pixels;
    raw.size_bytes = std::uint64_t{frame.shape.width} * frame.shape.height * frame.shape.bytesPerPixel;
    raw.metadata_json = json.empty() || json.size() > OMZ_FRAME_METADATA_MAX_BYTES ? nullptr : json.c_str();
    raw.delta_t = std::chrono::duration<double>(Clock::duration(now - first)).count();
    raw.flags = OMZ_FRAME_HAS_DELTA_T | OMZ_FRAME_HAS_TIMESTAMP;
    raw.timestamp_ns =
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    if (frame.exposureMs >= 0) {
        raw.exposure_time = frame.exposureMs / 1000;
        raw.flags |= OMZ_FRAME_HAS_EXPOSURE_TIME;
    }
    const std::int32_t status = omz_append_frame_ex(arrays_[camera], &raw);
    switch (status) {
    case OMZ_OK: return Taken::Stored;
    case OMZ_FRAME_DROPPED: return Taken::Dropped;
    case OMZ_E_TIMEOUT:
        return failWith("the disk is too slow: no free place for a frame within " + std::to_string(longestAppendWaitMs)
            + " ms; and OnOverflow is Stop");
    case OMZ_E_TOO_MANY_FRAMES:
        return failWith("more frames came than Axes has: " + options_.axes);
    default: return failWith(describeError(status, ""));
    }
}

/// Asks datasets that are being completed whether they are.
void Recorder::poll()
{
    const std::lock_guard<std::mutex> guard(told_);
    for (std::size_t i = 0; i < endings_.size();) {
        omz_stats stats = OMZ_STATS_INIT;
        if (omz_get_stats(endings_[i].stream, &stats) == OMZ_OK)
            endings_[i].stats = stats;
        const std::string error = streamError(endings_[i].stream);
        const std::int32_t status = omz_finalize_poll(endings_[i].stream, 0, nullptr);
        if (status == OMZ_E_TIMEOUT) {
            i++;
            continue;
        }
        complete(i, status, error);
    }
}

/// Takes a dataset off the list, adds its counters and keeps its error. The caller holds told_.
void Recorder::complete(std::size_t ending, std::int32_t status, const std::string& error)
{
    const Ending& ended = endings_[ending];
    if (status != OMZ_OK && status != OMZ_E_FINALIZED && error_.empty() && !ended.failureTold)
        error_ = ended.path + ": " + describeError(status, error);
    if (ended.recording == recording_) {
        appended_ += ended.stats.frames_appended;
        written_ += status == OMZ_OK ? ended.stats.frames_appended : ended.stats.frames_written;
        dropped_ += ended.stats.frames_dropped;
        lastP99Us_ = static_cast<double>(ended.stats.append_p99_ns) / 1000;
    }
    endings_.erase(endings_.begin() + static_cast<std::ptrdiff_t>(ending));
}

bool Recorder::finishing()
{
    poll();
    const std::lock_guard<std::mutex> guard(told_);
    return !endings_.empty();
}

bool Recorder::wait(milliseconds most)
{
    const Clock::time_point deadline = Clock::now() + most;
    for (;;) {
        std::uint64_t stream = 0;
        {
            poll();
            const std::lock_guard<std::mutex> guard(told_);
            if (endings_.empty())
                return true;
            stream = endings_.front().stream;
        }
        const milliseconds left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
        if (left.count() <= 0)
            return false;
        // Waits without the lock; an ending that another thread's poll took meanwhile is an invalid handle here.
        double progress = 0;
        const std::int32_t status = omz_finalize_poll(stream, static_cast<std::int32_t>(std::min<long long>(left.count(), 20)),
            &progress);
        if (status == OMZ_E_TIMEOUT || status == OMZ_E_INVALID_HANDLE)
            continue;
        const std::string error = status == OMZ_OK ? "" : lastError();
        const std::lock_guard<std::mutex> guard(told_);
        for (std::size_t i = 0; i < endings_.size(); i++) {
            if (endings_[i].stream == stream) {
                complete(i, status, error);
                break;
            }
        }
    }
}

Status Recorder::status()
{
    poll();
    Status status;
    omz_stats stats = OMZ_STATS_INIT;
    const std::uint64_t stream = stream_.load();
    const bool running = stream != 0 && omz_get_stats(stream, &stats) == OMZ_OK;
    const std::lock_guard<std::mutex> guard(told_);
    status.dataset = dataset_;
    status.lastError = error_;
    status.framesAppended = appended_;
    status.framesWritten = written_;
    status.framesDropped = dropped_ + refused_.load();
    status.appendP99Us = lastP99Us_;
    for (const Ending& ending : endings_) {
        if (ending.recording != recording_)
            continue;
        status.framesAppended += ending.stats.frames_appended;
        status.framesWritten += ending.stats.frames_written;
        status.framesDropped += ending.stats.frames_dropped;
    }
    if (running) {
        status.framesAppended += stats.frames_appended;
        status.framesWritten += stats.frames_written;
        status.framesDropped += stats.frames_dropped;
        status.appendP99Us = static_cast<double>(stats.append_p99_ns) / 1000;
        if (stats.ring_capacity > 0)
            status.ringUse = static_cast<double>(stats.ring_occupancy) / static_cast<double>(stats.ring_capacity);
    }
    status.state = recording() ? State::Recording : !error_.empty() ? State::Error : !endings_.empty() ? State::Finishing
        : State::Idle;
    return status;
}

void Recorder::setError(const std::string& error)
{
    const std::lock_guard<std::mutex> guard(told_);
    error_ = error;
}

} // namespace omezarr
