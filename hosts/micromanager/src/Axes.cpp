#include "Axes.h"

#include <locale>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace omezarr {

namespace {

std::vector<std::string> split(const std::string& text, char separator)
{
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

std::string trim(const std::string& text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

[[noreturn]] void refuse(const std::string& axis, const std::string& why)
{
    throw std::runtime_error("Axes: '" + axis + "': " + why + " (an example: t;c=DAPI|GFP;z=21@0.5)");
}

bool isNumber(const std::string& text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

double step(const std::string& axis, const std::string& text)
{
    std::istringstream stream(text);
    stream.imbue(std::locale::classic());
    double value = 0;
    if (!(stream >> value) || !stream.eof() || !(value > 0))
        refuse(axis, "after @ stands the step: a number above 0, with a full stop");
    return value;
}

void addNames(Json& dimension, const std::string& axis, const std::string& values)
{
    Json names = Json::array();
    for (const std::string& part : split(values, '|')) {
        const std::string name = trim(part);
        if (name.empty())
            refuse(axis, "a name is empty");
        names.add(Json::object().set("name", Json::string(name)));
    }
    dimension.set("coords", names);
}

Json parseAxis(const std::string& axis, bool first)
{
    const std::size_t at = axis.rfind('@');
    const std::string head = trim(axis.substr(0, at));
    const std::size_t equals = head.find('=');
    const std::string name = trim(head.substr(0, equals));
    if (name.empty())
        refuse(axis, "it has no name");
    if (axis.find(',') != std::string::npos)
        refuse(axis, "axes are separated by ; and names by |");
    if (name == "x" || name == "y")
        refuse(axis, "x and y are the camera's own and are not given");
    Json dimension = Json::object();
    dimension.set("name", Json::string(name));
    if (name == "p")
        dimension.set("type", Json::string("position"));
    if (equals == std::string::npos) {
        if (!first)
            refuse(axis, "only the first axis can be without a number; how many " + name + " are there?");
    } else {
        const std::string values = trim(head.substr(equals + 1));
        if (isNumber(values))
            dimension.set("count", Json::integer(std::stoll(values.size() < 12 ? values : "999999999999")));
        else if (name == "c" || name == "p")
            addNames(dimension, axis, values);
        else
            refuse(axis, "after = stands how many there are; names only for c and p");
    }
    if (at != std::string::npos) {
        // A unit without a step would say that it is 1.
        if (name == "t" || name == "z")
            dimension.set("unit", Json::string(name == "t" ? "second" : "micrometer"));
        dimension.set("scale", Json::number(step(axis, trim(axis.substr(at + 1)))));
    }
    return dimension;
}

} // namespace

Json parseAxes(const std::string& text)
{
    const std::string axes = trim(text).empty() ? "t" : text;
    Json dimensions = Json::array();
    for (const std::string& part : split(axes, ';')) {
        const std::string axis = trim(part);
        if (axis.empty())
            throw std::runtime_error("Axes: '" + text + "': between two ; stands nothing");
        Json dimension = parseAxis(axis, dimensions.size() == 0);
        for (std::size_t i = 0; i < dimensions.size(); i++)
            if (dimensions.item(i).find("name")->text() == dimension.find("name")->text())
                refuse(axis, "this axis is there twice");
        dimensions.add(dimension);
    }
    return dimensions;
}

} // namespace omezarr
