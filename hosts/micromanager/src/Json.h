// A small JSON value: read from a settings file, changed, and written again. Numbers keep their text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace omezarr {

class Json {
public:
    enum class Kind { Null, Bool, Number, String, Array, Object };

    Json() = default;

    static Json boolean(bool value);
    static Json integer(long long value);
    static Json number(double value);
    static Json string(const std::string& value);
    static Json array();
    static Json object();

    /// Throws std::runtime_error that tells what is wrong and where.
    static Json parse(const std::string& text);

    Kind kind() const noexcept { return kind_; }
    bool isObject() const noexcept { return kind_ == Kind::Object; }

    /// The text of a string or number.
    const std::string& text() const noexcept { return text_; }

    /// A member of an object, or null.
    const Json* find(const std::string& key) const noexcept;

    /// Sets a member of an object, in place of one of the same name.
    Json& set(const std::string& key, Json value);

    /// Appends to an array.
    Json& add(Json value);

    std::size_t size() const noexcept { return items_.size(); }
    const std::string& key(std::size_t index) const { return keys_[index]; }
    const Json& item(std::size_t index) const { return items_[index]; }

    /// Takes over the members of another object; objects that both have are merged in turn.
    void merge(const Json& other);

    std::string dump() const;

private:
    friend class JsonReader;

    void write(std::string& text) const;

    Kind kind_ = Kind::Null;
    bool truth_ = false;
    std::string text_;
    std::vector<std::string> keys_;
    std::vector<Json> items_;
};

/// Appends a text as a JSON string, with its quotes. Bytes that are no UTF-8 become '?', so that the result is always JSON.
void appendJsonString(std::string& json, const char* text, std::size_t length);

} // namespace omezarr
