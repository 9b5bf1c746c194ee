// OmeZarrTee.h - for authors of camera adapters: records the frames of a camera where its grabber puts them, without a copy on
// the camera's thread. Header only, C++14, needs omezarr_native.h and nothing of Micro-Manager's.
//
// A grabber fills a few buffers in turn. A buffer that is lent must not be filled again until it comes back, which is told by a
// function of yours that queues it to the grabber again:
//
//     OmeZarrTee tee(buffers, [this](unsigned buffer) { grabber.queue(buffer); });
//     OmeZarrTee::Recording recording;
//     recording.path = "D:/data/cells.ome.zarr"; recording.width = 2048; recording.height = 2048;
//     if (!tee.open(recording)) { ... tee.error() ... }
//     // the grabber's thread:
//     grabber.waitForFrame(buffer);
//     core->InsertImage(this, grabber.pixels(buffer), ...);      // as ever; it copies
//     tee.lend(buffer, grabber.pixels(buffer));                  // instead of queueing the buffer yourself
//     // at the end:
//     if (!tee.close()) { ... tee.error() ... }
//
// Rules
//   - After lend each buffer comes back exactly once, whatever lend returned: often from a thread of the library, perhaps before
//     lend returns, also when the disk is full. So the function must be quick and must not call this object.
//   - One thread lends. The other calls may come from any other thread; open, close and the destructor one at a time.
//   - The grabber goes on when the recording fails: buffers then come back at once.
//   - The destructor waits until every buffer is back: until then the library reads them.
#pragma once

#include "omezarr_native.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <locale>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

class OmeZarrTee {
public:
    struct Recording {
        std::string path;
        std::uint32_t width = 0;
        std::uint32_t height = 0;
        std::string dtype = "uint16";
        std::uint64_t rowStride = 0;       ///< bytes from row to row; 0: rows are packed
        std::string compression = "blosc-lz4";
        std::uint32_t longestWaitMs = 100; ///< how long lend may wait for a disk that is too slow
        double pixelSizeUm = 0;            ///< micrometres from pixel to pixel; 0: not known
        std::string layout = "auto";       ///< frames share files; "" gives each frame a file of its own
        std::string more;                  ///< further members of the settings document, such as "\"pyramid\": {\"levels\": 3}"
    };

    /// buffers: how many the grabber has. comeBack: called with the number of each buffer that may be filled again.
    OmeZarrTee(std::uint32_t buffers, std::function<void(std::uint32_t buffer)> comeBack)
        : buffers_(buffers), comeBack_(std::move(comeBack))
    {
    }

    OmeZarrTee(const OmeZarrTee&) = delete;
    OmeZarrTee& operator=(const OmeZarrTee&) = delete;

    ~OmeZarrTee()
    {
        close();
        std::unique_lock<std::mutex> lock(guard_);
        allBack_.wait(lock, [this] { return lent_ == 0; });
    }

    /// Creates the dataset. Takes up to some tenths of a second: before the camera is started. False: error() says why.
    bool open(const Recording& recording)
    {
        if (stream_ != 0 && !close())
            return false;
        setError("");
        lost_ = 0;
        recording_ = recording;
        std::uint64_t stream = 0;
        if (omz_create(settings().c_str(), &stream) != OMZ_OK)
            return fail();
        if (omz_set_release_callback(stream, &OmeZarrTee::released, this) != OMZ_OK) {
            fail();
            omz_abort(stream);
            return false;
        }
        stream_ = stream;
        return true;
    }

    /// Records the frame in a buffer. False: it is not recorded, and counted in lost().
    bool lend(std::uint32_t buffer, const void* pixels, const omz_frame* more = nullptr)
    {
        const std::uint64_t stream = stream_;
        std::int32_t status = OMZ_E_FINALIZED;
        if (stream != 0) {
            omz_frame frame = OMZ_FRAME_INIT;
            if (more != nullptr)
                frame = *more; // times, exposure, metadata
            frame.pixels = pixels;
            frame.row_stride = recording_.rowStride;
            frame.size_bytes = std::uint64_t{recording_.height} * rowBytes();
            count(+1); // first: it may be back before the call returns
            status = omz_append_borrowed(stream, &frame, buffer);
            if (OMZ_FRAME_TAKEN(status))
                return true;
            if (status < 0)
                fail();
            count(-1);
        }
        lost_++;
        comeBack_(buffer);
        return false;
    }

    /// Completes the dataset. False: error() has the first error of the recording. May be called again when it took too long.
    bool close()
    {
        const std::uint64_t stream = stream_;
        if (stream == 0)
            return error().empty();
        const std::int32_t status = omz_finalize(stream);
        if (status != OMZ_E_TIMEOUT)
            stream_ = 0;
        return status == OMZ_OK ? error().empty() : fail();
    }

    /// Frames that are not recorded since open.
    std::uint64_t lost() const noexcept { return lost_; }

    /// Buffers that the library has at this moment.
    std::uint32_t lent() const
    {
        const std::lock_guard<std::mutex> lock(guard_);
        return lent_;
    }

    /// The first error since open, or "".
    std::string error() const
    {
        const std::lock_guard<std::mutex> lock(guard_);
        return error_;
    }

    /// For the calls that are not here: omz_get_stats, omz_set_metadata and so on. 0 when closed.
    std::uint64_t stream() const noexcept { return stream_; }

private:
    static void OMZ_CALL released(std::uint64_t token, void* self)
    {
        OmeZarrTee& tee = *static_cast<OmeZarrTee*>(self);
        tee.comeBack_(static_cast<std::uint32_t>(token));
        tee.count(-1); // last: the destructor waits for it
    }

    void count(int change)
    {
        const std::lock_guard<std::mutex> lock(guard_);
        lent_ += static_cast<std::uint32_t>(change);
        if (lent_ == 0)
            allBack_.notify_all(); // with the lock held: the object may be gone right after
    }

    std::uint64_t rowBytes() const
    {
        if (recording_.rowStride != 0)
            return recording_.rowStride;
        const std::string& type = recording_.dtype;
        const unsigned bits = type.find("64") != std::string::npos ? 64
            : type.find("32") != std::string::npos ? 32
            : type.find("16") != std::string::npos ? 16 : 8;
        return std::uint64_t{recording_.width} * bits / 8;
    }

    std::string settings() const
    {
        std::string path;
        for (const char c : recording_.path) {
            if (c == '"' || c == '\\')
                path += '\\';
            path += c;
        }
        return "{\"root_path\": \"" + path + "\", \"dtype\": \"" + recording_.dtype + "\", \"dimensions\": [{\"name\": \"t\"}, "
            + dimension("y", recording_.height) + ", " + dimension("x", recording_.width) + "], \"compression\": \""
            + recording_.compression + "\", " + (recording_.layout.empty() ? "" : "\"layout\": \"" + recording_.layout + "\", ")
            + "\"pipeline\": {\"borrowed_buffers\": " + std::to_string(buffers_) + ", \"append_timeout_ms\": "
            + std::to_string(recording_.longestWaitMs) + "}" + (recording_.more.empty() ? "" : ", " + recording_.more) + "}";
    }

    std::string dimension(const char* name, std::uint32_t count) const
    {
        std::string text = std::string("{\"name\": \"") + name + "\", \"count\": " + std::to_string(count);
        if (recording_.pixelSizeUm > 0) {
            std::ostringstream scale;
            scale.imbue(std::locale::classic());
            scale << recording_.pixelSizeUm;
            text += ", \"unit\": \"micrometer\", \"scale\": " + scale.str();
        }
        return text + "}";
    }

    bool fail()
    {
        char text[1024] = "";
        omz_last_error(text, sizeof text);
        const std::lock_guard<std::mutex> lock(guard_);
        if (error_.empty())
            error_ = text;
        return false;
    }

    void setError(const std::string& error)
    {
        const std::lock_guard<std::mutex> lock(guard_);
        error_ = error;
    }

    const std::uint32_t buffers_;
    const std::function<void(std::uint32_t)> comeBack_;
    Recording recording_;
    std::atomic<std::uint64_t> stream_{0};
    std::atomic<std::uint64_t> lost_{0};
    mutable std::mutex guard_;
    std::condition_variable allBack_;
    std::uint32_t lent_ = 0; ///< guarded, as the error
    std::string error_;
};
