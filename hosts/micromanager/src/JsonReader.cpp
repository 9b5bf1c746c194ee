// Reading JSON: Json::parse.
#include "Json.h"

#include <cstring>
#include <stdexcept>

namespace omezarr {

namespace {

constexpr int deepest = 32;

} // namespace

/// Reads one document.
class JsonReader {
public:
    explicit JsonReader(const std::string& text) : text_(text) {}

    Json document()
    {
        if (text_.compare(0, 3, "\xEF\xBB\xBF") == 0) // Windows editors begin UTF-8 with this mark
            at_ = 3;
        Json value = read(0);
        space();
        if (at_ != text_.size())
            fail("nothing more");
        return value;
    }

private:
    [[noreturn]] void fail(const char* expected) const
    {
        std::size_t line = 1;
        for (std::size_t i = 0; i < at_ && i < text_.size(); i++)
            line += text_[i] == '\n' ? 1u : 0u;
        throw std::runtime_error("line " + std::to_string(line) + ": not valid JSON; expected " + expected);
    }

    char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    void space()
    {
        while (at_ < text_.size() && std::strchr(" \t\r\n", text_[at_]) != nullptr && text_[at_] != '\0')
            at_++;
    }

    bool take(char c)
    {
        space();
        if (peek() != c)
            return false;
        at_++;
        return true;
    }

    Json read(int depth)
    {
        if (depth > deepest)
            fail("fewer levels of nesting");
        space();
        switch (peek()) {
        case '{': return object(depth);
        case '[': return array(depth);
        case '"': return Json::string(string());
        case 't': return word("true", Json::boolean(true));
        case 'f': return word("false", Json::boolean(false));
        case 'n': return word("null", Json());
        default: return number();
        }
    }

    Json word(const char* word, Json value)
    {
        if (text_.compare(at_, std::strlen(word), word) != 0)
            fail("a value");
        at_ += std::strlen(word);
        return value;
    }

    Json object(int depth)
    {
        at_++;
        Json value = Json::object();
        if (take('}'))
            return value;
        do {
            space();
            if (peek() != '"')
                fail("a name in quotes");
            const std::string key = string();
            if (value.find(key) != nullptr)
                fail("each name once");
            if (!take(':'))
                fail("':'");
            value.set(key, read(depth + 1));
        } while (take(','));
        if (!take('}'))
            fail("',' or '}'");
        return value;
    }

    Json array(int depth)
    {
        at_++;
        Json value = Json::array();
        if (take(']'))
            return value;
        do
            value.add(read(depth + 1));
        while (take(','));
        if (!take(']'))
            fail("',' or ']'");
        return value;
    }

    Json number()
    {
        const std::size_t start = at_;
        if (peek() == '-')
            at_++;
        const std::size_t whole = digits();
        if (whole == 0 || (whole > 1 && text_[at_ - whole] == '0'))
            fail("a value");
        if (peek() == '.') {
            at_++;
            if (digits() == 0)
                fail("digits");
        }
        if (peek() == 'e' || peek() == 'E') {
            at_++;
            if (peek() == '+' || peek() == '-')
                at_++;
            if (digits() == 0)
                fail("digits");
        }
        Json value;
        value.kind_ = Json::Kind::Number;
        value.text_ = text_.substr(start, at_ - start);
        return value;
    }

    std::size_t digits()
    {
        const std::size_t start = at_;
        while (peek() >= '0' && peek() <= '9')
            at_++;
        return at_ - start;
    }

    std::string string()
    {
        std::string value;
        for (at_++; peek() != '"';) {
            if (at_ >= text_.size() || static_cast<unsigned char>(peek()) < 0x20)
                fail("the end of a text");
            if (peek() == '\\') {
                at_++;
                escape(value);
            } else {
                value += text_[at_++];
            }
        }
        at_++;
        return value;
    }

    void escape(std::string& value)
    {
        static const char names[] = "\"\\/bfnrt";
        static const char meanings[] = "\"\\/\b\f\n\r\t";
        const char c = peek();
        at_++;
        if (c == 'u') {
            unsigned code = hex();
            if (code >= 0xD800 && code < 0xDC00 && text_.compare(at_, 2, "\\u") == 0) {
                at_ += 2;
                const unsigned low = hex();
                if (low < 0xDC00 || low > 0xDFFF)
                    fail("the second half of a character");
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            }
            appendUtf8(value, code);
            return;
        }
        const char* const known = c == '\0' ? nullptr : std::strchr(names, c);
        if (known == nullptr)
            fail("an escape (in a path, write \\\\ or /)");
        value += meanings[known - names];
    }

    unsigned hex()
    {
        unsigned code = 0;
        for (int i = 0; i < 4; i++, at_++) {
            const char c = peek();
            const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
            if (digit < 0)
                fail("four hexadecimal digits");
            code = code * 16 + static_cast<unsigned>(digit);
        }
        return code;
    }

    static void appendUtf8(std::string& text, unsigned code)
    {
        const auto put = [&text](unsigned byte) { text += static_cast<char>(byte); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
        } else {
            put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
        }
    }

    const std::string& text_;
    std::size_t at_ = 0;
};

Json Json::parse(const std::string& text) { return JsonReader(text).document(); }

} // namespace omezarr
