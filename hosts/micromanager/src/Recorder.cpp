#include "Recorder.h"

#include "Tags.h"

#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

namespace omezarr {

namespace {

using std::chrono::milliseconds;

constexpr int mostNames = 100000;           // cells.ome.zarr, cells_1.ome.zarr, …
constexpr long createTimeoutMs = 10000;     // when a recording is armed, nothing waits but the user
constexpr std::size_t mostEndings = 16;     // datasets that may still be completed when another one begins
constexpr milliseconds lastWait(5000);      // when the device is unloaded
constexpr milliseconds emptyWait(300);      // to give up a dataset without frames

const char* const tooManyEndings =
    "earlier datasets are still being completed (the disk is slow); wait until the device is not busy";

/// Where the dataset of a stream is: the library adds an ending that Path lacks.
std::string outputPath(std::uint64_t stream, const std::string& path)
{
    std::vector<char> text(32768);
    const std::int32_t needed = omz_output_path(stream, text.data(), static_cast<std::int32_t>(text.size()));
    return needed > 1 && needed <= static_cast<std::int32_t>(text.size()) ? text.data() : path;
}

bool holdsDataset(const std::string& path) { return std::ifstream(path + "/zarr.json").good(); }

} // namespace

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
    if (outcome_.poll() >= mostEndings)
        return tooManyEndings;
    outcome_.begin();
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
        outcome_.setError(error.what());
        return error.what();
    }
    return begin(createTimeoutMs, "") ? "" : outcome_.error();
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
            outcome_.setError(describeError(status));
            return false;
        }
        std::vector<std::uint64_t> arrays(1, stream);
        const std::vector<std::string> keys = keysOf(cameras_);
        for (std::size_t i = 0; status == OMZ_OK && cameras_.size() > 1 && i < keys.size(); i++) {
            arrays.resize(keys.size());
            status = omz_array_stream(stream, keys[i].c_str(), &arrays[i]);
        }
        if (status != OMZ_OK) {
            outcome_.setError(describeError(status));
            omz_abort_begin(stream);
            return false;
        }
        arrays_ = arrays;
        path_ = outputPath(stream, path);
        outcome_.setDataset(path_);
        stream_ = stream;
        tell("");
        return true;
    } catch (const std::exception& error) {
        outcome_.setError(error.what());
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
    omz_finalize_begin(stream);
    outcome_.complete(stream, path_, !reason.empty());
}

void Recorder::stop()
{
    std::unique_lock<std::shared_timed_mutex> alone(lifecycle_);
    end("");
}

void Recorder::refuse(const std::string& error)
{
    if (!recording())
        outcome_.setError(error);
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
        outcome_.setError(error);
    refused_++;
    return Taken::Failed;
}

/// Completes what a failed recording has stored.
void Recorder::finishFailed()
{
    std::unique_lock<std::shared_timed_mutex> alone(lifecycle_);
    if (!failed_.load() || stream_.load() == 0)
        return;
    end(outcome_.error());
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
    if (outcome_.poll() >= mostEndings) {
        failWith(tooManyEndings);
        end(tooManyEndings);
        return false;
    }
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
    outcome_.complete(stream, path_, false);
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
    case OMZ_OK:
    case OMZ_FRAME_METADATA_LOST: return Taken::Stored;
    case OMZ_FRAME_DROPPED: return Taken::Dropped;
    case OMZ_E_TIMEOUT:
        return failWith("the disk is too slow: no free place for a frame within " + std::to_string(longestAppendWaitMs)
            + " ms; and OnOverflow is Stop");
    case OMZ_E_TOO_MANY_FRAMES:
        return failWith("more frames came than Axes has: " + options_.axes);
    default: return failWith(describeError(status));
    }
}

bool Recorder::finishing() { return outcome_.poll() != 0; }

bool Recorder::wait(milliseconds most)
{
    const Clock::time_point deadline = Clock::now() + most;
    while (outcome_.poll() != 0) {
        if (Clock::now() >= deadline)
            return false;
        std::this_thread::sleep_for(milliseconds(1));
    }
    return true;
}

Status Recorder::status()
{
    Status status = outcome_.status(failed_.load() ? 0 : stream_.load());
    status.framesDropped += refused_.load();
    return status;
}

} // namespace omezarr
