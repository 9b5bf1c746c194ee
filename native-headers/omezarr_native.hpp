/*
 * omezarr_native.hpp - the C++17 face of omezarr_native.h: a stream that closes itself, errors as exceptions. Header only.
 *
 *     omz::Stream stream(settings_json);
 *     for (each camera frame) stream.append(pixels, size_in_bytes);      // copies, then returns
 *     stream.finalize();                                                 // throws the first error the stream ever met
 *
 *     omz::Dataset dataset("/data/cells.ome.zarr");
 *     std::vector<std::uint16_t> tile = dataset.read<std::uint16_t>({3, 0, 0}, {1, 512, 512});
 *
 * For authors of device adapters
 *   - Call finalize() (or abort()) yourself: it is where a late error, such as a full disk, is told. The destructor finalizes a
 *     stream that is still open, so that no frame is lost when an exception passes (the metadata then say that one did); it waits
 *     as long as finalize() does, never throws, and hands an error to the handler of omz::on_unreported_error (by default a line
 *     on stderr).
 *   - append() comes from one thread at a time (from several when settings.pipeline.producers says so: then give each frame an
 *     index). Every other member may be called from any thread at any time, also while another thread appends or finalizes;
 *     only moving and destroying the object need that nobody else uses it.
 *   - Strings are UTF-8. Nothing that is passed in is kept after a call returns.
 *   - Errors are exceptions, or results by choice: each call that begins with try_ gives a Result instead of throwing. Built
 *     without exceptions (-fno-exceptions), the other calls end the program with a message.
 *   - After fork() the child must not use a stream; its calls throw (OMZ_E_FORKED) and its destructor releases the handle.
 */
#ifndef OMEZARR_NATIVE_HPP
#define OMEZARR_NATIVE_HPP

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 201703L
#  error "omezarr_native.hpp needs C++17: compile with -std=c++17 (MSVC: /std:c++17), or use omezarr_native.h"
#else

#include "omezarr_native.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace omz {

/* ---- Errors ------------------------------------------------------------------------------------------------ */

/// Any call that failed. what() is the status code's name and the library's message.
class Error : public std::runtime_error {
public:
    Error(std::int32_t status, const std::string& message)
        : std::runtime_error(std::string(omz_status_name(status)) + ": " + message), status_(status), message_(message)
    {
    }

    /// The status code, OMZ_E_... .
    std::int32_t status() const noexcept { return status_; }

    /// The status code's name, such as "OMZ_E_NO_SPACE".
    const char* name() const noexcept { return omz_status_name(status_); }

    /// The library's message alone.
    const std::string& message() const noexcept { return message_; }

private:
    std::int32_t status_;
    std::string message_;
};

/// The settings document has problems or asks for what this version cannot do; message() has one a line.
class SettingsError : public Error {
    using Error::Error;
};

/// Something is at the output path already.
class AlreadyExistsError : public Error {
    using Error::Error;
};

/// The store failed: no permission, no space (status() tells), or any other error. It sticks to the stream.
class StoreError : public Error {
    using Error::Error;
};

/// The frame was refused: its size, its index, or one more than the acquisition has. The stream goes on.
class FrameError : public Error {
    using Error::Error;
};

/// There was no free slot in time, or a wait took too long. Nothing was changed; the call may be made again.
class TimeoutError : public Error {
    using Error::Error;
};

/// The stream is closed, is being closed, or was never open; or a slot is not (or, at finalize, still) the caller's.
class StreamError : public Error {
    using Error::Error;
};

/// What is read is not there, or the metadata is not valid or uses what is not supported, or a chunk is damaged; status() tells.
class ReadError : public Error {
    using Error::Error;
};

namespace detail {

/// Calls a two-call function until its text fits; negative results are errors that the caller has to look at.
template <class Call>
std::int32_t read_text(std::string& text, Call call)
{
    std::int32_t size = call(nullptr, 0);
    for (;;) {
        if (size <= 0)
            return size;
        text.resize(static_cast<std::size_t>(size));
        const std::int32_t needed = call(&text[0], size);
        if (needed <= size) {
            if (needed > 0)
                text.resize(static_cast<std::size_t>(needed) - 1);
            return needed;
        }
        size = needed; // it has grown in between
    }
}

inline std::string last_error()
{
    std::string text;
    read_text(text, [](char* buffer, std::int32_t capacity) { return omz_last_error(buffer, capacity); });
    return text;
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
template <class Exception>
[[noreturn]] void throw_error(std::int32_t status, const std::string& message)
{
    throw Exception(status, message);
}
#else
template <class Exception>
[[noreturn]] void throw_error(std::int32_t status, const std::string& message)
{
    std::fprintf(stderr, "%s: %s\n", omz_status_name(status), message.c_str());
    std::abort();
}
#endif

[[noreturn]] inline void raise(std::int32_t status, const std::string& message)
{
    switch (status) {
    case OMZ_E_INVALID_SETTINGS:
    case OMZ_E_NOT_SUPPORTED:
    case OMZ_E_OUT_OF_MEMORY:
        throw_error<SettingsError>(status, message);
    case OMZ_E_ALREADY_EXISTS:
    case OMZ_E_NOT_A_ZARR:
        throw_error<AlreadyExistsError>(status, message);
    case OMZ_E_ACCESS_DENIED:
    case OMZ_E_NO_SPACE:
    case OMZ_E_IO:
        throw_error<StoreError>(status, message);
    case OMZ_E_FRAME_SIZE:
    case OMZ_E_FRAME_INDEX:
    case OMZ_E_TOO_MANY_FRAMES:
        throw_error<FrameError>(status, message);
    case OMZ_E_TIMEOUT:
    case OMZ_E_RING_FULL:
    case OMZ_E_STALLED:
        throw_error<TimeoutError>(status, message);
    case OMZ_E_INVALID_HANDLE:
    case OMZ_E_FINALIZED:
    case OMZ_E_SLOT:
    case OMZ_E_SLOTS_LOST:
        throw_error<StreamError>(status, message);
    case OMZ_E_NOT_FOUND:
    case OMZ_E_FORMAT:
    case OMZ_E_DAMAGED:
        throw_error<ReadError>(status, message);
    default:
        throw_error<Error>(status, message);
    }
}

/// Passes results that are not negative through and throws the others.
inline std::int32_t check(std::int32_t status)
{
    if (status < 0)
        raise(status, last_error());
    return status;
}

inline std::int32_t to_timeout(std::chrono::milliseconds timeout) noexcept
{
    constexpr std::chrono::milliseconds longest(INT32_MAX);
    return timeout.count() < 0 ? -1 : static_cast<std::int32_t>((timeout < longest ? timeout : longest).count());
}

template <class Call>
std::string checked_text(Call call)
{
    std::string text;
    check(read_text(text, call));
    return text;
}

/// Contiguous ranges of numbers: arrays, std::vector, std::array, std::span.
template <class Range, class = void>
struct is_pixels : std::false_type {};

template <class Range>
struct is_pixels<Range, std::void_t<decltype(std::data(std::declval<const Range&>())),
                                    decltype(std::size(std::declval<const Range&>()))>>
    : std::is_arithmetic<std::remove_cv_t<std::remove_pointer_t<decltype(std::data(std::declval<const Range&>()))>>> {};

template <class Range>
using element_of = std::remove_cv_t<std::remove_pointer_t<decltype(std::data(std::declval<const Range&>()))>>;

template <class Range>
std::uint64_t bytes_of(const Range& pixels)
{
    return static_cast<std::uint64_t>(std::size(pixels)) * sizeof(*std::data(pixels));
}

inline const char* type_name(std::int32_t type) noexcept
{
    static const char* const names[] = {"packed", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
                                        "float32", "float64"};
    return type >= 0 && type <= OMZ_FLOAT64 ? names[type] : "unknown";
}

using ErrorHandler = void (*)(const char* text);

inline void print_error(const char* text)
{
    std::fprintf(stderr, "omezarr_native: a stream that nobody finalized: %s\n", text);
}

inline std::atomic<ErrorHandler>& unreported_error_handler() noexcept
{
    static std::atomic<ErrorHandler> handler{&print_error};
    return handler;
}

} // namespace detail

/// What a destructor (or a move onto an open stream) does with the error of its finalize: it cannot throw. The handler must not
/// throw either.
inline void on_unreported_error(void (*handler)(const char* text)) noexcept
{
    detail::unreported_error_handler().store(handler == nullptr ? &detail::print_error : handler);
}

/* ---- Results instead of exceptions ----------------------------------------------------------------------------- */

/// Why a call failed: its status and message.
class Failure {
public:
    Failure(std::int32_t status, std::string message) : status_(status), message_(std::move(message)) {}

    /// The status code, OMZ_E_... .
    std::int32_t status() const noexcept { return status_; }

    /// The status code's name, such as "OMZ_E_NO_SPACE".
    const char* name() const noexcept { return omz_status_name(status_); }

    const std::string& message() const noexcept { return message_; }

private:
    std::int32_t status_;
    std::string message_;
};

/// What a call that does not throw gives: a value, or a Failure. As std::expected of C++23.
template <class Value>
class [[nodiscard]] Result {
public:
    Result(Value value) : value_(std::move(value)) {}
    Result(Failure failure) : failure_(std::move(failure)) {}

    bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    /// OMZ_OK, or the failure's status.
    std::int32_t status() const noexcept { return failure_ ? failure_->status() : OMZ_OK; }

    /// Only when there is no value.
    const Failure& error() const { return *failure_; }

    /// The value; throws the failure when there is none.
    Value& value() &
    {
        require();
        return *value_;
    }

    Value&& value() &&
    {
        require();
        return std::move(*value_);
    }

    /// Only when there is a value.
    Value& operator*() { return *value_; }
    Value* operator->() { return &*value_; }

    template <class Other>
    Value value_or(Other&& other) const
    {
        return has_value() ? *value_ : static_cast<Value>(std::forward<Other>(other));
    }

private:
    void require() const
    {
        if (failure_)
            detail::raise(failure_->status(), failure_->message());
    }

    std::optional<Value> value_;
    std::optional<Failure> failure_;
};

/// The same for calls without a value.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Failure failure) : failure_(std::move(failure)) {}

    bool has_value() const noexcept { return !failure_; }
    explicit operator bool() const noexcept { return has_value(); }
    std::int32_t status() const noexcept { return failure_ ? failure_->status() : OMZ_OK; }
    const Failure& error() const { return *failure_; }

    /// Throws the failure, if any.
    void value() const
    {
        if (failure_)
            detail::raise(failure_->status(), failure_->message());
    }

private:
    std::optional<Failure> failure_;
};

namespace detail {

inline Failure failure(std::int32_t status) { return Failure(status, last_error()); }

/// The result of an append: whether the frame was taken, or dropped.
inline Result<bool> taken(std::int32_t status)
{
    if (status < 0)
        return failure(status);
    return status != OMZ_FRAME_DROPPED;
}

inline Result<void> done(std::int32_t status)
{
    if (status < 0)
        return failure(status);
    return {};
}

/// The number of a type of pixels, OMZ_UINT8 and so on; 0 for others.
template <class Pixel>
constexpr std::int32_t type_of() noexcept
{
    using Plain = std::remove_cv_t<Pixel>;
    if constexpr (std::is_floating_point_v<Plain>)
        return sizeof(Plain) == 4 ? OMZ_FLOAT32 : sizeof(Plain) == 8 ? OMZ_FLOAT64 : 0;
    else if constexpr (std::is_integral_v<Plain> && !std::is_same_v<Plain, bool>) {
        constexpr std::int32_t first = std::is_signed_v<Plain> ? OMZ_INT8 : OMZ_UINT8;
        return first + (sizeof(Plain) == 1 ? 0 : sizeof(Plain) == 2 ? 1 : sizeof(Plain) == 4 ? 2 : 3);
    } else
        return 0;
}

} // namespace detail

/* ---- Library and settings ----------------------------------------------------------------------------------- */

/// The loaded library's version, such as "0.1.0".
inline const char* version() noexcept { return omz_version(); }

/// Throws when the loaded library is older than this header.
inline void require_compatible_library()
{
    if (omz_abi_version() < OMZ_ABI_VERSION)
        detail::raise(OMZ_E_NOT_SUPPORTED, std::string("the library (") + omz_version() + ") is older than omezarr_native.hpp");
}

/// Throws SettingsError, whose message lists every problem of the document. Touches no disk.
inline void validate_settings(const std::string& settings_json)
{
    detail::check(omz_validate_settings(settings_json.c_str()));
}

/// The resolved plan as JSON: all defaults, and shape, chunks, shards and codecs of each array.
inline std::string describe_layout(const std::string& settings_json)
{
    return detail::checked_text([&](char* buffer, std::int32_t capacity) {
        return omz_describe_layout(settings_json.c_str(), buffer, capacity);
    });
}

/// The most memory in bytes that a stream of these settings will use.
inline std::uint64_t estimate_memory(const std::string& settings_json)
{
    std::uint64_t bytes = 0;
    detail::check(omz_estimate_memory(settings_json.c_str(), &bytes));
    return bytes;
}

/* ---- Settings as JSON ------------------------------------------------------------------------------------------ */

/// A text as it stands between the quotes of JSON: backslashes of Windows paths, quotes and control characters are escaped.
inline std::string json_escape(std::string_view text)
{
    static const char* const digits = "0123456789abcdef";
    std::string escaped;
    escaped.reserve(text.size() + 8);
    for (const char c : text) {
        const unsigned char byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            escaped += '\\';
            escaped += c;
        } else if (byte < 0x20) {
            escaped += "\\u00";
            escaped += digits[byte >> 4];
            escaped += digits[byte & 0xF];
        } else {
            escaped += c;
        }
    }
    return escaped;
}

/// A JSON value: made from a text, a number, true or false, a list, an object, or null.
class Json {
public:
    Json(std::nullptr_t = nullptr) : text_("null") {}
    Json(const char* text) : Json(std::string_view(text)) {}
    Json(const std::string& text) : Json(std::string_view(text)) {}
    Json(std::string_view text) : text_('"' + json_escape(text) + '"') {}

    template <class Number, std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>
    Json(Number number)
    {
        if constexpr (std::is_same_v<Number, bool>)
            text_ = number ? "true" : "false";
        else if constexpr (std::is_integral_v<Number>)
            text_ = std::to_string(number);
        else
            text_ = real(static_cast<double>(number));
    }

    Json(std::initializer_list<Json> list) : text_(joined(list.begin(), list.end())) {}

    template <class Element>
    Json(const std::vector<Element>& list) : text_(joined(list.begin(), list.end()))
    {
    }

    /// JSON that is text already; not checked.
    static Json raw(std::string text)
    {
        Json json;
        json.text_ = std::move(text);
        return json;
    }

    const std::string& str() const noexcept { return text_; }

private:
    // The decimal point of any locale becomes JSON's. What JSON has no number for becomes text, which the library refuses by name.
    static std::string real(double number)
    {
        char text[40];
        std::snprintf(text, sizeof text, "%.17g", number);
        std::string json(text);
        for (char& c : json) {
            if ((c >= 'a' && c <= 'z' && c != 'e') || (c >= 'A' && c <= 'Z' && c != 'E'))
                return '"' + json + '"';
            if ((c < '0' || c > '9') && c != '-' && c != '+' && c != 'e' && c != 'E')
                c = '.';
        }
        return json;
    }

    template <class Iterator>
    static std::string joined(Iterator first, Iterator last)
    {
        std::string list = "[";
        for (; first != last; ++first)
            list.append(list.size() > 1 ? ", " : "").append(Json(*first).str());
        return list + "]";
    }

    std::string text_;
};

/// A JSON object, member by member; a name that is set again is replaced.
class JsonObject {
public:
    JsonObject& set(const std::string& name, Json value)
    {
        for (auto& member : members_) {
            if (member.first == name) {
                member.second = std::move(value);
                return *this;
            }
        }
        members_.emplace_back(name, std::move(value));
        return *this;
    }

    JsonObject& set(const std::string& name, const JsonObject& value) { return set(name, value.json()); }

    std::string str() const
    {
        std::string text = "{";
        for (const auto& member : members_)
            text.append(text.size() > 1 ? ", \"" : "\"").append(json_escape(member.first)).append("\": ").append(member.second.str());
        return text + "}";
    }

    Json json() const { return Json::raw(str()); }

private:
    std::vector<std::pair<std::string, Json>> members_;
};

/// One of the dimensions; docs/settings.md tells all its members.
class Dimension : public JsonObject {
public:
    /// With a number of indices.
    Dimension(const std::string& name, std::int64_t count) { set("name", name).set("count", count); }

    /// Without end; only the first dimension may be.
    Dimension(const std::string& name) { set("name", name).set("count", nullptr); }

    /// Channels, or anything whose indices have names.
    Dimension(const std::string& name, const std::vector<std::string>& coords) { set("name", name).set("coords", coords); }

    Dimension& type(const std::string& type) { return also("type", type); }
    Dimension& scale(double scale, const std::string& unit) { return also("scale", scale).also("unit", unit); }
    Dimension& chunk(std::int64_t size) { return also("chunk_size", size); }
    Dimension& shard(std::int64_t chunks) { return also("shard_size_chunks", chunks); }

private:
    Dimension& also(const std::string& name, Json value)
    {
        set(name, std::move(value));
        return *this;
    }
};

/// A settings document, built member by member: texts are escaped, so that any path does. docs/settings.md tells all members;
/// set() reaches those that have no function here.
///
///     omz::Settings settings("D:\\data\\run.ome.zarr", "uint16");
///     settings.dimension({"t"}).dimension({"y", 2048}).dimension({"x", 2048}).compression("blosc-lz4");
///     omz::Stream stream(settings);
class Settings : public JsonObject {
public:
    Settings(const std::string& root_path, const std::string& dtype) { set("root_path", root_path).set("dtype", dtype); }

    /// The next dimension, slowest first; the frame's rows and columns are the last two.
    Settings& dimension(const Dimension& dimension)
    {
        dimensions_.push_back(dimension.json());
        return also("dimensions", dimensions_);
    }

    Settings& compression(const std::string& name) { return also("compression", name); }
    Settings& pyramid(std::int64_t levels) { return also("pyramid", JsonObject().set("levels", levels).json()); }
    Settings& overwrite(bool overwrite = true) { return also("overwrite", overwrite); }
    Settings& resume(bool resume = true) { return also("resume", resume); }
    Settings& layout(const std::string& layout) { return also("layout", layout); }
    Settings& pixel_format(const std::string& format) { return part(frame_, "frame", "pixel_format", format); }
    Settings& significant_bits(int bits) { return part(frame_, "frame", "significant_bits", bits); }
    Settings& pipeline(const std::string& name, Json value) { return part(pipeline_, "pipeline", name, std::move(value)); }

private:
    Settings& also(const std::string& name, Json value)
    {
        set(name, std::move(value));
        return *this;
    }

    Settings& part(JsonObject& object, const std::string& key, const std::string& name, Json value)
    {
        object.set(name, std::move(value));
        set(key, object);
        return *this;
    }

    std::vector<Json> dimensions_;
    JsonObject frame_;
    JsonObject pipeline_;
};

/* ---- Frames -------------------------------------------------------------------------------------------------- */

/// A frame with all that can be said of it. Refers to the pixels and the text, which must live until append returns.
struct Frame {
    const void* pixels = nullptr;        ///< first pixel of the first row
    std::uint64_t size_bytes = 0;        ///< bytes readable at pixels
    std::uint64_t row_stride = 0;        ///< bytes from one row to the next; 0: rows are packed
    std::int64_t index = -1;             ///< number in acquisition order; -1: the next one
    const char* metadata_json = nullptr; ///< a JSON object, or null
    std::optional<double> delta_t;           ///< seconds since the acquisition began
    std::optional<double> exposure_time;     ///< seconds
    std::optional<double> position_x;        ///< where the stage was, in micrometres
    std::optional<double> position_y;
    std::optional<double> position_z;
    std::optional<std::int64_t> timestamp_ns; ///< of the camera's clock, in nanoseconds from any origin

    /// The C struct of it.
    omz_frame raw() const noexcept
    {
        omz_frame raw = OMZ_FRAME_INIT;
        raw.pixels = pixels;
        raw.size_bytes = size_bytes;
        raw.row_stride = row_stride;
        raw.index = index;
        raw.metadata_json = metadata_json;
        put(delta_t, raw.delta_t, raw.flags, OMZ_FRAME_HAS_DELTA_T);
        put(exposure_time, raw.exposure_time, raw.flags, OMZ_FRAME_HAS_EXPOSURE_TIME);
        put(position_x, raw.position_x, raw.flags, OMZ_FRAME_HAS_POSITION_X);
        put(position_y, raw.position_y, raw.flags, OMZ_FRAME_HAS_POSITION_Y);
        put(position_z, raw.position_z, raw.flags, OMZ_FRAME_HAS_POSITION_Z);
        put(timestamp_ns, raw.timestamp_ns, raw.flags, OMZ_FRAME_HAS_TIMESTAMP);
        return raw;
    }

private:
    template <class Value>
    static void put(const std::optional<Value>& known, Value& value, std::uint32_t& flags, std::uint32_t flag) noexcept
    {
        if (!known)
            return;
        value = *known;
        flags |= flag;
    }
};

/// A slot of a stream's ring that a camera fills, so that nothing is copied. Given back unused unless it was committed. Must not
/// outlive the stream's finalize, which reports it as lost.
class Slot {
public:
    /// None: nothing to fill, commit or cancel. For containers.
    Slot() noexcept = default;

    Slot(Slot&& other) noexcept
        : stream_(std::exchange(other.stream_, 0)), number_(other.number_), pixels_(other.pixels_), capacity_(other.capacity_)
    {
    }

    Slot& operator=(Slot&& other) noexcept
    {
        if (this != &other) {
            cancel();
            stream_ = std::exchange(other.stream_, 0);
            number_ = other.number_;
            pixels_ = other.pixels_;
            capacity_ = other.capacity_;
        }
        return *this;
    }

    ~Slot() { cancel(); }

    /// Where the frame goes: page-aligned, the same for a slot's number as long as the stream lives.
    void* pixels() const noexcept { return pixels_; }

    /// Bytes that may be written there.
    std::uint64_t capacity() const noexcept { return capacity_; }

    /// Its place in Stream::slots().
    std::int32_t number() const noexcept { return number_; }

    /// Hands in the packed frame at the slot's start as the next one. When it throws, the slot is still the caller's.
    void commit() { commit(nullptr); }

    /// Hands in a frame that lies in the slot (pixels null: at its start), with an index or padded rows.
    void commit(const Frame& frame)
    {
        const omz_frame raw = frame.raw();
        commit(&raw);
    }

    /// The same without exceptions.
    Result<void> try_commit() { return try_commit_raw(nullptr); }

    Result<void> try_commit(const Frame& frame)
    {
        const omz_frame raw = frame.raw();
        return try_commit_raw(&raw);
    }

    /// Whether it is the caller's: acquired, and neither committed nor cancelled.
    explicit operator bool() const noexcept { return stream_ != 0; }

    /// Gives the slot back unused.
    void cancel() noexcept
    {
        if (stream_ != 0)
            omz_cancel_slot(std::exchange(stream_, 0), number_);
    }

private:
    template <class Owner>
    friend class Frames;

    static Result<Slot> try_acquire(std::uint64_t stream, std::chrono::milliseconds timeout)
    {
        Slot slot;
        const std::int32_t status =
            omz_acquire_slot(stream, detail::to_timeout(timeout), &slot.pixels_, &slot.capacity_, &slot.number_);
        if (status < 0)
            return detail::failure(status);
        slot.stream_ = stream;
        return slot;
    }

    void commit(const omz_frame* frame) { try_commit_raw(frame).value(); }

    Result<void> try_commit_raw(const omz_frame* frame)
    {
        if (stream_ == 0)
            return Failure(OMZ_E_SLOT, "the slot was never acquired, or has been committed, cancelled or moved from");
        const std::int32_t status = omz_commit_slot(stream_, number_, frame);
        if (status >= 0)
            stream_ = 0;
        return detail::done(status);
    }

    std::uint64_t stream_ = 0; // 0: not the caller's
    std::int32_t number_ = -1;
    void* pixels_ = nullptr;
    std::uint64_t capacity_ = 0;
};

namespace detail {

/// The address of every slot of a stream's or array's ring.
inline std::vector<void*> slots(std::uint64_t handle, std::uint64_t* slot_bytes)
{
    std::vector<void*> addresses(static_cast<std::size_t>(check(omz_list_slots(handle, nullptr, 0, slot_bytes))));
    check(omz_list_slots(handle, addresses.data(), static_cast<std::int32_t>(addresses.size()), slot_bytes));
    return addresses;
}

/// Tokens that came back from a stream or array; none from one that has ended and has no more. Whether it has is asked after the
/// call: it may end meanwhile.
template <class Ended>
std::vector<std::uint64_t> poll_released(std::uint64_t handle, Ended has_ended, std::chrono::milliseconds timeout,
                                         std::int32_t capacity)
{
    std::vector<std::uint64_t> tokens(static_cast<std::size_t>(capacity < 1 ? 1 : capacity));
    std::int32_t count = 0;
    const std::int32_t status =
        omz_poll_released(handle, tokens.data(), static_cast<std::int32_t>(tokens.size()), to_timeout(timeout), &count);
    if (status != OMZ_E_TIMEOUT && !(status == OMZ_E_INVALID_HANDLE && has_ended()))
        check(status);
    tokens.resize(static_cast<std::size_t>(status == OMZ_OK ? count : 0));
    return tokens;
}

} // namespace detail

/* ---- Where frames go ---------------------------------------------------------------------------------------- */

template <class Owner, class Pixel>
class TypedFrames;

/// What a stream and an array of a stream have in common: they take frames.
template <class Owner>
class Frames {
public:
    /// Appends the next frame: rows packed, C order, the machine's byte order. Copies before it returns.
    /// True when it was taken, false when it was dropped (only with backpressure "drop").
    bool append(const void* pixels, std::uint64_t size_bytes)
    {
        return detail::check(omz_append_frame(own(), pixels, size_bytes)) != OMZ_FRAME_DROPPED;
    }

    /// Appends a contiguous range of pixels: an array, std::vector, std::array, or anything with data() and size(). Only its size is
    /// checked; typed() checks the type of its elements, too.
    template <class Range, std::enable_if_t<detail::is_pixels<Range>::value, int> = 0>
    bool append(const Range& pixels)
    {
        return append(std::data(pixels), detail::bytes_of(pixels));
    }

    /// Appends a frame with padded rows, an index of its own, or metadata.
    bool append(const Frame& frame) { return append(frame.raw()); }

    /// As the C struct, for hosts that have one already.
    bool append(const omz_frame& frame) { return detail::check(omz_append_frame_ex(own(), &frame)) != OMZ_FRAME_DROPPED; }

    /// The same without exceptions.
    Result<bool> try_append(const void* pixels, std::uint64_t size_bytes)
    {
        return detail::taken(omz_append_frame(own(), pixels, size_bytes));
    }

    template <class Range, std::enable_if_t<detail::is_pixels<Range>::value, int> = 0>
    Result<bool> try_append(const Range& pixels)
    {
        return try_append(std::data(pixels), detail::bytes_of(pixels));
    }

    Result<bool> try_append(const Frame& frame)
    {
        const omz_frame raw = frame.raw();
        return detail::taken(omz_append_frame_ex(own(), &raw));
    }

    /// The same, but with backpressure "block" it waits for a place at most so long. After OMZ_E_TIMEOUT the frame was not taken,
    /// and the call is repeated: for threads that have other things to look after meanwhile.
    Result<bool> try_append(const Frame& frame, std::chrono::milliseconds timeout)
    {
        const omz_frame raw = frame.raw();
        return detail::taken(omz_append_frame_wait(own(), &raw, detail::to_timeout(timeout)));
    }

    /// Appends pixels of one type, which is held against the stream's frames here, once. Throws an Error when it is another.
    template <class Pixel>
    TypedFrames<Owner, Pixel> typed();

    /// The number of the frame at an index of each dimension that counts frames, slowest first: for Frame::index.
    std::int64_t index_of(const std::vector<std::int64_t>& coordinates) const
    {
        std::int64_t index = -1;
        detail::check(omz_frame_index(own(), coordinates.data(), static_cast<std::int32_t>(coordinates.size()), &index));
        return index;
    }

    /// Appends a frame to the place of its coordinates, in any order.
    bool append_at(const std::vector<std::int64_t>& coordinates, const void* pixels, std::uint64_t size_bytes)
    {
        return detail::check(omz_append_frame_at(own(), coordinates.data(), static_cast<std::int32_t>(coordinates.size()), pixels,
                                                 size_bytes)) != OMZ_FRAME_DROPPED;
    }

    template <class Range, std::enable_if_t<detail::is_pixels<Range>::value, int> = 0>
    bool append_at(const std::vector<std::int64_t>& coordinates, const Range& pixels)
    {
        return append_at(coordinates, std::data(pixels), detail::bytes_of(pixels));
    }

    /// Takes a free slot for a camera to fill. Negative: waits for ever. Throws TimeoutError when none became free.
    Slot acquire_slot(std::chrono::milliseconds timeout = std::chrono::milliseconds(-1))
    {
        return Slot::try_acquire(own(), timeout).value();
    }

    /// The same without exceptions.
    Result<Slot> try_acquire_slot(std::chrono::milliseconds timeout = std::chrono::milliseconds(-1))
    {
        return Slot::try_acquire(own(), timeout);
    }

    /// The address of every slot, by number, to be announced to a camera SDK; fixed as long as the stream lives.
    std::vector<void*> slots(std::uint64_t* slot_bytes = nullptr) const { return detail::slots(own(), slot_bytes); }

    /// Appends a frame whose pixels are compressed where they lie. True: they must not change until the token came back, by
    /// poll_released or the release callback. False (dropped) or an exception: the token does not come back.
    bool append_borrowed(const Frame& frame, std::uint64_t token) { return try_append_borrowed(frame, token).value(); }

    /// The same without exceptions.
    Result<bool> try_append_borrowed(const Frame& frame, std::uint64_t token)
    {
        const omz_frame raw = frame.raw();
        return detail::taken(omz_append_borrowed(own(), &raw, token));
    }

    /// Has released frames told by a callback from the library's threads instead; once, before the first borrowed frame.
    void set_release_callback(omz_release_callback callback, void* user_data)
    {
        detail::check(omz_set_release_callback(own(), callback, user_data));
    }

    /// Stores a JSON value with one image, by the path of its group or its position's name; with an array, one of its images.
    void set_image_metadata(const std::string& image, const std::string& name_space, const std::string& json)
    {
        detail::check(omz_set_image_metadata(own(), image.c_str(), name_space.c_str(), json.c_str()));
    }

    /// The number of the next frame: not 0 when settings with "resume" have gone on with a dataset.
    std::int64_t next_frame() const
    {
        std::int64_t index = 0;
        detail::check(omz_next_frame(own(), &index));
        return index;
    }

    /// Leaves out the next frames; they read as 0.
    void skip(std::uint64_t count = 1) { detail::check(omz_skip_frames(own(), count)); }

    /// The same without exceptions.
    Result<void> try_skip(std::uint64_t count = 1) { return detail::done(omz_skip_frames(own(), count)); }

    /// What was done so far; of an array, workers and errors are the stream's.
    omz_stats stats() const
    {
        omz_stats stats = OMZ_STATS_INIT;
        detail::check(omz_get_stats(own(), &stats));
        return stats;
    }

    /// The message of the last call with this handle that failed, on whatever thread.
    std::string last_error() const
    {
        const std::uint64_t handle = own();
        return detail::checked_text([handle](char* buffer, std::int32_t capacity) {
            return omz_stream_last_error(handle, buffer, capacity);
        });
    }

private:
    std::uint64_t own() const noexcept { return static_cast<const Owner*>(this)->handle(); }
};

/// Appends pixels of one type only; made by typed(). Refers to the stream or array, which must live longer.
template <class Owner, class Pixel>
class TypedFrames {
public:
    /// Appends the next frame; as the stream does.
    bool append(const Pixel* pixels, std::size_t count) { return frames_->append(pixels, count * sizeof(Pixel)); }

    template <class Range, std::enable_if_t<std::is_same_v<detail::element_of<Range>, Pixel>, int> = 0>
    bool append(const Range& pixels)
    {
        return append(std::data(pixels), std::size(pixels));
    }

private:
    friend class Frames<Owner>;

    explicit TypedFrames(Frames<Owner>& frames) noexcept : frames_(&frames) {}

    Frames<Owner>* frames_;
};

template <class Owner>
template <class Pixel>
TypedFrames<Owner, Pixel> Frames<Owner>::typed()
{
    static_assert(detail::type_of<Pixel>() != 0, "pixels are whole numbers or floating point");
    std::int32_t type = 0;
    detail::check(omz_frame_format(own(), &type, nullptr, nullptr, nullptr));
    if (type != detail::type_of<Pixel>())
        detail::raise(OMZ_E_INVALID_ARGUMENT, std::string("the stream's frames are ") + detail::type_name(type) + ", not "
                                                  + detail::type_name(detail::type_of<Pixel>()));
    return TypedFrames<Owner, Pixel>(*this);
}

/* ---- One camera of several ----------------------------------------------------------------------------------- */

/// An array of a stream whose settings have `arrays`: takes the frames of one camera. Refers to the stream, which owns it; may
/// be copied. Calls after the stream's end throw an Error of OMZ_E_INVALID_HANDLE.
class ArrayStream : public Frames<ArrayStream> {
public:
    /// Tokens of this camera's frames that are not used any more; as Stream::poll_released, also after the stream's end.
    std::vector<std::uint64_t> poll_released(std::chrono::milliseconds timeout = std::chrono::milliseconds(0),
                                             std::int32_t capacity = 64)
    {
        return detail::poll_released(handle_, [] { return true; }, timeout, capacity);
    }

    /// The C handle, for the calls that are not here; the stream frees it.
    std::uint64_t handle() const noexcept { return handle_; }

private:
    friend class Stream;

    explicit ArrayStream(std::uint64_t handle) noexcept : handle_(handle) {}

    std::uint64_t handle_;
};

/* ---- A stream ------------------------------------------------------------------------------------------------ */

/// Owns one acquisition. Can be moved, not copied; a stream that was moved from, finalized or aborted is closed.
class Stream : public Frames<Stream> {
public:
    /// A closed stream.
    Stream() noexcept = default;

    /// Creates the dataset and starts the workers.
    explicit Stream(const std::string& settings_json) : Stream(try_create(settings_json).value()) {}

    explicit Stream(const Settings& settings) : Stream(settings.str()) {}

    /// The same without exceptions.
    static Result<Stream> try_create(const std::string& settings_json)
    {
        require_compatible_library();
        std::uint64_t handle = 0;
        const std::int32_t status = omz_create(settings_json.c_str(), &handle);
        if (status < 0)
            return detail::failure(status);
        Stream stream;
        stream.handle_.store(handle);
        stream.polled_.store(handle);
        return stream;
    }

    static Result<Stream> try_create(const Settings& settings) { return try_create(settings.str()); }

    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    Stream(Stream&& other) noexcept : handle_(other.release()), polled_(other.polled_.exchange(0)) {}

    /// Finalizes what this stream held, as the destructor does.
    Stream& operator=(Stream&& other) noexcept
    {
        if (this != &other) {
            close_quietly();
            handle_.store(other.release());
            polled_.store(other.polled_.exchange(0));
        }
        return *this;
    }

    /// Finalizes a stream that is still open. Errors go to on_unreported_error.
    ~Stream() { close_quietly(); }

    /// The array of a key, when the settings have `arrays`. Throws an Error that names the keys for any other.
    ArrayStream array(const std::string& key) const
    {
        std::uint64_t array = 0;
        detail::check(omz_array_stream(handle(), key.c_str(), &array));
        return ArrayStream(array);
    }

    /// Tokens of frames that are not used any more, at most capacity of them; waits for the first (negative: for ever). Empty: none
    /// in time, or none will come any more. Also after the stream was finalized, aborted or has failed.
    std::vector<std::uint64_t> poll_released(std::chrono::milliseconds timeout = std::chrono::milliseconds(0),
                                             std::int32_t capacity = 64)
    {
        return detail::poll_released(polled_.load(), [this] { return handle() == 0; }, timeout, capacity);
    }

    /// Stores a JSON value in the root's attributes under a namespace, replacing what it held.
    void set_metadata(const std::string& name_space, const std::string& json)
    {
        detail::check(omz_set_metadata(handle(), name_space.c_str(), json.c_str()));
    }

    /// Says why the host is about to end the stream, when not because all is done; empty takes it back. Kept in the metadata.
    void set_end_reason(const std::string& reason) { detail::check(omz_set_end_reason(handle(), reason.c_str())); }

    /// Waits until every whole chunk is on the store and visible to readers. Negative: waits for ever.
    void flush(std::chrono::milliseconds timeout = std::chrono::milliseconds(-1))
    {
        try_flush(timeout).value();
    }

    /// The same without exceptions.
    Result<void> try_flush(std::chrono::milliseconds timeout = std::chrono::milliseconds(-1))
    {
        return detail::done(omz_flush(handle(), detail::to_timeout(timeout)));
    }

    /// Stores everything, completes the metadata and closes the stream, also when it throws: unless that is an Error of
    /// OMZ_E_TIMEOUT (see pipeline.finalize_timeout_ms), after which it can be called again. A closed stream stays closed.
    void finalize() { end(omz_finalize).value(); }

    /// The same without exceptions.
    Result<void> try_finalize() { return end(omz_finalize); }

    /// Begins to finalize and returns at once; go on with finalize_poll.
    void finalize_begin() { detail::check(omz_finalize_begin(handle())); }

    /// Waits for a finalize or an abort that was begun. False: still under way, and progress (if given) is between 0 and 1.
    /// True or an exception: done, and the stream is closed.
    bool finalize_poll(std::chrono::milliseconds timeout = std::chrono::milliseconds(0), double* progress = nullptr)
    {
        const std::int32_t status = omz_finalize_poll(handle(), detail::to_timeout(timeout), progress);
        if (status == OMZ_E_TIMEOUT)
            return false;
        if (status != OMZ_E_INVALID_ARGUMENT && status != OMZ_E_FORKED) // refused, so nothing has ended
            handle_.store(0);
        detail::check(status);
        return true;
    }

    /// Stops now: frames of chunks that are not whole are given up. Closes the stream; time-outs are as with finalize().
    void abort() { end(omz_abort).value(); }

    /// The same without exceptions.
    Result<void> try_abort() { return end(omz_abort); }

    /// Begins to abort and returns at once; go on with finalize_poll, which throws an Error of OMZ_E_FINALIZED at the end.
    void abort_begin() { detail::check(omz_abort_begin(handle())); }

    /// Where the dataset is written.
    std::string output_path() const
    {
        return detail::checked_text([this](char* buffer, std::int32_t capacity) {
            return omz_output_path(handle(), buffer, capacity);
        });
    }

    /// The address of the page that shows the stream in a browser; empty when the settings have no monitor.
    std::string monitor_url() const
    {
        return detail::checked_text([this](char* buffer, std::int32_t capacity) {
            return omz_monitor_url(handle(), buffer, capacity);
        });
    }

    std::string stats_json() const
    {
        return detail::checked_text([this](char* buffer, std::int32_t capacity) {
            return omz_get_stats_json(handle(), buffer, capacity);
        });
    }

    /// The first error that the stream met, or an empty string.
    std::string error() const
    {
        return detail::checked_text([this](char* buffer, std::int32_t capacity) {
            return omz_stream_error(handle(), buffer, capacity);
        });
    }

    /// The C handle, 0 when closed. The stream keeps owning it.
    std::uint64_t handle() const noexcept { return handle_.load(); }

    /// Gives the C handle away: the caller finalizes it. The stream is closed.
    std::uint64_t release() noexcept { return handle_.exchange(0); }

    /// Whether it is open.
    explicit operator bool() const noexcept { return handle() != 0; }

private:
    Result<void> end(std::int32_t(OMZ_CALL* call)(std::uint64_t))
    {
        const std::uint64_t handle = release();
        if (handle == 0)
            return {};
        const std::int32_t status = call(handle);
        if (status == OMZ_E_TIMEOUT)
            handle_.store(handle); // still ending: the handle is good for another call
        return detail::done(status);
    }

    void close_quietly() noexcept
    {
        const std::uint64_t handle = release();
        if (handle == 0)
            return;
        if (std::uncaught_exceptions() > exceptions_)
            omz_set_end_reason(handle, "an exception of the host passed before the stream was finalized");
        const std::int32_t status = omz_finalize(handle);
        if (status == OMZ_OK || status == OMZ_E_FORKED)
            return;
        char message[2048]; // no allocation: this may run while memory is short
        const int length = std::snprintf(message, sizeof message, "%s: ", omz_status_name(status));
        omz_last_error(message + length, static_cast<std::int32_t>(sizeof message) - length);
        detail::unreported_error_handler().load()(message);
    }

    std::atomic<std::uint64_t> handle_{0};
    const int exceptions_ = std::uncaught_exceptions(); // under way when this object was made: more of them are news
    std::atomic<std::uint64_t> polled_{0}; // outlives handle_: tokens come back after the end, too
};

/* ---- A dataset to read --------------------------------------------------------------------------------------- */

/// Owns an open dataset. Can be moved, not copied; any thread may read from it. Metadata is as of the opening or the last refresh().
class Dataset {
public:
    /// A closed dataset.
    Dataset() noexcept = default;

    /// Opens a folder: a dataset of any writer, also one that is being written, or an array by itself. Negative: waits for ever,
    /// here and in all other calls.
    explicit Dataset(const std::string& path, std::chrono::milliseconds timeout = std::chrono::milliseconds(-1))
        : timeout_(detail::to_timeout(timeout))
    {
        require_compatible_library();
        detail::check(omz_open(path.c_str(), timeout_, &handle_));
    }

    /// Stores a JSON value in the attributes of a dataset that no stream is writing, or of one of its groups.
    static void set_metadata(const std::string& path, const std::string& name_space, const std::string& json,
                             const std::string& group = "",
                             std::chrono::milliseconds timeout = std::chrono::milliseconds(-1))
    {
        require_compatible_library();
        detail::check(omz_set_dataset_metadata(
            path.c_str(), group.c_str(), name_space.c_str(), json.c_str(), detail::to_timeout(timeout)));
    }

    /// The dataset of a running stream, with every frame appended so far, also those that are not stored yet.
    static Dataset of(const Stream& stream, std::chrono::milliseconds timeout = std::chrono::milliseconds(-1))
    {
        Dataset dataset;
        dataset.timeout_ = detail::to_timeout(timeout);
        detail::check(omz_open_stream(stream.handle(), dataset.timeout_, &dataset.handle_));
        return dataset;
    }

    Dataset(const Dataset&) = delete;
    Dataset& operator=(const Dataset&) = delete;

    Dataset(Dataset&& other) noexcept : handle_(std::exchange(other.handle_, 0)), timeout_(other.timeout_) {}

    Dataset& operator=(Dataset&& other) noexcept
    {
        if (this != &other) {
            close();
            handle_ = std::exchange(other.handle_, 0);
            timeout_ = other.timeout_;
        }
        return *this;
    }

    ~Dataset() { close(); }

    /// What there is, as JSON: kind, images, plate, completeness, missing frames (docs/reading.md).
    std::string json() const { return json(-1); }

    /// An image, as JSON: axes, levels with their shapes and types, channels.
    std::string json(std::int32_t image) const
    {
        return detail::checked_text([&](char* buffer, std::int32_t capacity) {
            return omz_dataset_json(handle_, image, timeout_, buffer, capacity);
        });
    }

    /// Reads a region in C order into memory of the caller's; step may be empty. Returns how many chunks of it are not stored and
    /// read as the fill value.
    std::uint64_t read(void* buffer, std::uint64_t size_bytes, const std::vector<std::int64_t>& start,
                       const std::vector<std::int64_t>& count, const std::vector<std::int64_t>& step = {}, std::int32_t image = 0,
                       std::int32_t level = 0) const
    {
        if (count.size() != start.size() || (!step.empty() && step.size() != start.size()))
            detail::throw_error<Error>(OMZ_E_INVALID_ARGUMENT, "start, count and step have different lengths");
        std::uint64_t missing = 0;
        detail::check(omz_read_region(handle_, image, level, static_cast<std::int32_t>(start.size()), start.data(), count.data(),
                                      step.empty() ? nullptr : step.data(), buffer, size_bytes, nullptr, timeout_, &missing));
        return missing;
    }

    /// The same into a vector. T must have the size of the array's elements.
    template <class T>
    std::vector<T> read(const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
                        const std::vector<std::int64_t>& step = {}, std::int32_t image = 0, std::int32_t level = 0) const
    {
        std::vector<T> values(elements(count));
        read(values.data(), values.size() * sizeof(T), start, count, step, image, level);
        return values;
    }

    /// Reads a whole plane into memory of the caller's; index counts the planes of the image's array. Returns as read().
    std::uint64_t read_frame(void* buffer, std::uint64_t size_bytes, std::int64_t index, std::int32_t image = 0,
                             std::int32_t level = 0) const
    {
        std::uint64_t missing = 0;
        detail::check(omz_read_frame(handle_, image, level, index, buffer, size_bytes, timeout_, &missing));
        return missing;
    }

    /// The same by an index for each axis but the last two.
    std::uint64_t read_frame(void* buffer, std::uint64_t size_bytes, const std::vector<std::int64_t>& indices,
                             std::int32_t image = 0, std::int32_t level = 0) const
    {
        std::uint64_t missing = 0;
        detail::check(omz_read_frame_at(handle_, image, level, indices.data(), static_cast<std::int32_t>(indices.size()), buffer,
                                        size_bytes, timeout_, &missing));
        return missing;
    }

    /// What is known of a frame beside its pixels, as JSON; array: the camera's key in a dataset with several.
    std::string frame_metadata(std::int64_t frame, const std::string& array = {}) const
    {
        return detail::checked_text([&](char* buffer, std::int32_t capacity) {
            return omz_frame_metadata(handle_, array.empty() ? nullptr : array.c_str(), frame, timeout_, buffer, capacity);
        });
    }

    /// Looks at the store anew; whether metadata has changed.
    bool refresh()
    {
        std::int32_t changed = 0;
        detail::check(omz_refresh(handle_, timeout_, &changed));
        return changed != 0;
    }

    /// Closes it; a second time does nothing.
    void close() noexcept
    {
        if (handle_ != 0)
            omz_close(std::exchange(handle_, 0));
    }

    /// The C handle, for the calls that are not here; 0 when it is closed.
    std::uint64_t handle() const noexcept { return handle_; }

private:
    static std::size_t elements(const std::vector<std::int64_t>& count)
    {
        std::size_t product = 1;
        for (const std::int64_t length : count) {
            if (length < 0 || (length > 0 && product > PTRDIFF_MAX / static_cast<std::uint64_t>(length)))
                detail::throw_error<Error>(OMZ_E_INVALID_ARGUMENT, "count is negative, or too large");
            product *= static_cast<std::size_t>(length);
        }
        return product;
    }

    std::uint64_t handle_ = 0;
    std::int32_t timeout_ = -1;
};

/* ---- Logging ------------------------------------------------------------------------------------------------- */

/// Receives a level (OMZ_LOG_...) and a line that is valid during the call. Comes from a thread of the library that does nothing
/// else; must neither throw nor call the library.
using LogCallback = std::function<void(std::int32_t level, std::string_view message)>;

/// Sets the process's log callback; an empty one removes it. Returns once no earlier callback is running, or throws a
/// TimeoutError after OMZ_LOG_WAIT_MS: the new one is in force then, and what the earlier one refers to must stay valid.
inline void set_log_callback(LogCallback callback, std::int32_t min_level = OMZ_LOG_INFO)
{
    // Never destroyed: the library may log until the process ends.
    static std::mutex& guard = *new std::mutex;
    static std::vector<LogCallback*>& earlier = *new std::vector<LogCallback*>;

    const std::lock_guard<std::mutex> lock(guard);
    LogCallback* const next = callback ? new LogCallback(std::move(callback)) : nullptr;
    const auto call = [](std::int32_t level, const char* message, void* user_data) noexcept {
        (*static_cast<LogCallback*>(user_data))(level, message);
    };
    const std::int32_t status = omz_set_log_callback(next == nullptr ? nullptr : +call, min_level, next);
    if (status != OMZ_OK && status != OMZ_E_TIMEOUT) { // refused: the earlier one is still in force
        delete next;
        detail::check(status);
    }
    if (status == OMZ_OK) { // none of the earlier ones is running
        for (LogCallback* const one : earlier)
            delete one;
        earlier.clear();
    }
    if (next != nullptr)
        earlier.push_back(next);
    detail::check(status);
}

/// Appends log lines to a file; an empty path ends it.
inline void set_log_file(const std::string& path, std::int32_t min_level = OMZ_LOG_INFO)
{
    detail::check(omz_set_log_file(path.empty() ? nullptr : path.c_str(), min_level));
}

} // namespace omz

#endif // C++17

#endif
