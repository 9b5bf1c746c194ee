#include "Json.h"

#include <cmath>
#include <cstdio>
#include <locale>
#include <sstream>
#include <utility>

namespace omezarr {

namespace {

/// Bytes of the UTF-8 character that begins here; 0 when there is none.
std::size_t utf8Length(const unsigned char* at, std::size_t left)
{
    const unsigned char first = at[0];
    const std::size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (length == 0 || length > left)
        return 0;
    for (std::size_t i = 1; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    const bool overlong = (first == 0xE0 && at[1] < 0xA0) || (first == 0xF0 && at[1] < 0x90);
    const bool outside = (first == 0xED && at[1] > 0x9F) || (first == 0xF4 && at[1] > 0x8F);
    return overlong || outside ? 0 : length;
}

} // namespace

void appendJsonString(std::string& json, const char* text, std::size_t length)
{
    json += '"';
    for (std::size_t i = 0; i < length;) {
        const unsigned char c = static_cast<unsigned char>(text[i]);
        if (c == '"' || c == '\\') {
            json += '\\';
            json += text[i++];
        } else if (c < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", c);
            json += escape;
            i++;
        } else {
            const std::size_t bytes = utf8Length(reinterpret_cast<const unsigned char*>(text) + i, length - i);
            if (bytes == 0)
                json += '?';
            else
                json.append(text + i, bytes);
            i += bytes == 0 ? 1 : bytes;
        }
    }
    json += '"';
}

Json Json::boolean(bool value)
{
    Json json;
    json.kind_ = Kind::Bool;
    json.truth_ = value;
    return json;
}

Json Json::integer(long long value)
{
    Json json;
    json.kind_ = Kind::Number;
    json.text_ = std::to_string(value);
    return json;
}

Json Json::number(double value)
{
    if (!std::isfinite(value))
        return Json();
    std::ostringstream text; // not printf, which would write a comma where the host has set a locale
    text.imbue(std::locale::classic());
    text.precision(17);
    text << value;
    Json json;
    json.kind_ = Kind::Number;
    json.text_ = text.str();
    return json;
}

Json Json::string(const std::string& value)
{
    Json json;
    json.kind_ = Kind::String;
    json.text_ = value;
    return json;
}

Json Json::array()
{
    Json json;
    json.kind_ = Kind::Array;
    return json;
}

Json Json::object()
{
    Json json;
    json.kind_ = Kind::Object;
    return json;
}

const Json* Json::find(const std::string& key) const noexcept
{
    for (std::size_t i = 0; i < keys_.size(); i++)
        if (keys_[i] == key)
            return &items_[i];
    return nullptr;
}

Json& Json::set(const std::string& key, Json value)
{
    for (std::size_t i = 0; i < keys_.size(); i++) {
        if (keys_[i] == key) {
            items_[i] = std::move(value);
            return *this;
        }
    }
    keys_.push_back(key);
    items_.push_back(std::move(value));
    return *this;
}

Json& Json::add(Json value)
{
    items_.push_back(std::move(value));
    return *this;
}

void Json::merge(const Json& other)
{
    for (std::size_t i = 0; i < other.keys_.size(); i++) {
        const Json* const mine = find(other.keys_[i]);
        if (mine != nullptr && mine->isObject() && other.items_[i].isObject()) {
            Json both = *mine;
            both.merge(other.items_[i]);
            set(other.keys_[i], std::move(both));
        } else {
            set(other.keys_[i], other.items_[i]);
        }
    }
}

std::string Json::dump() const
{
    std::string text;
    write(text);
    return text;
}

void Json::write(std::string& text) const
{
    switch (kind_) {
    case Kind::Null: text += "null"; break;
    case Kind::Bool: text += truth_ ? "true" : "false"; break;
    case Kind::Number: text += text_; break;
    case Kind::String: appendJsonString(text, text_.data(), text_.size()); break;
    default:
        text += kind_ == Kind::Array ? '[' : '{';
        for (std::size_t i = 0; i < items_.size(); i++) {
            if (i > 0)
                text += ',';
            if (kind_ == Kind::Object) {
                appendJsonString(text, keys_[i].data(), keys_[i].size());
                text += ':';
            }
            items_[i].write(text);
        }
        text += kind_ == Kind::Array ? ']' : '}';
        break;
    }
}

} // namespace omezarr
