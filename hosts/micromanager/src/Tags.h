// Metadata of a frame in Micro-Manager's serialized form.
#pragma once

#include <string>

namespace omezarr {

/// The tags as a JSON object; "" when there are none or they are not understood. Reuses the string's memory.
void tagsToJson(const char* tags, std::string& json);

} // namespace omezarr
