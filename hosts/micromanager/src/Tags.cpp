#include "Tags.h"

#include "Json.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace omezarr {

namespace {

/// A part of the text that is read.
struct Part {
    const char* at;
    std::size_t length;

    bool is(const char* text) const { return std::strlen(text) == length && std::memcmp(at, text, length) == 0; }
    bool operator==(const Part& other) const { return length == other.length && std::memcmp(at, other.at, length) == 0; }
};

struct Tag {
    Part device, name, value;
};

bool nextLine(const char*& at, Part& line)
{
    if (*at == '\0')
        return false;
    const char* const end = std::strchr(at, '\n');
    line = {at, end == nullptr ? std::strlen(at) : static_cast<std::size_t>(end - at)};
    at += line.length + (end == nullptr ? 0 : 1);
    return true;
}

/// "s", name, device, read-only, value. There are arrays as well, which no camera that we know uses: reading ends there.
bool nextTag(const char*& at, Tag& tag)
{
    Part kind{}, readOnly{};
    return nextLine(at, kind) && kind.is("s") && nextLine(at, tag.name) && nextLine(at, tag.device) && nextLine(at, readOnly)
        && nextLine(at, tag.value);
}

/// Names that have a meaning of their own in the metadata of frames, and are numbers there.
bool isTaken(const Part& name)
{
    static const char* const taken[] = {"delta_t", "exposure_time", "position_x", "position_y", "position_z", "timestamp_ns",
                                        "storage_index"};
    for (const char* const one : taken)
        if (name.is(one))
            return true;
    return false;
}

void append(const Tag& tag, std::string& key, std::string& json)
{
    const bool hasDevice = tag.device.length > 0 && !tag.device.is("_");
    key.clear();
    if (hasDevice)
        key.append(tag.device.at, tag.device.length).append("-");
    else if (isTaken(tag.name))
        key.append("camera-");
    key.append(tag.name.at, tag.name.length);
    appendJsonString(json, key.data(), key.size());
    json += ':';
    appendJsonString(json, tag.value.at, tag.value.length);
}

} // namespace

void tagsToJson(const char* tags, std::string& json)
{
    thread_local std::vector<Tag> all; // these keep their memory from frame to frame
    thread_local std::string key;
    all.clear();
    json.clear();
    Part count{};
    if (tags == nullptr || !nextLine(tags, count))
        return;
    for (Tag tag{}; nextTag(tags, tag);) {
        const auto same = std::find_if(all.begin(), all.end(),
            [&tag](const Tag& one) { return one.name == tag.name && one.device == tag.device; });
        if (same == all.end())
            all.push_back(tag);
        else
            *same = tag; // the last one counts
    }
    for (const Tag& tag : all) {
        json += json.empty() ? '{' : ',';
        append(tag, key, json);
    }
    if (!json.empty())
        json += '}';
}

} // namespace omezarr
