// The property Axes: in which order an acquisition runs through time, channels, planes and positions.
#pragma once

#include "Json.h"

#include <string>

namespace omezarr {

/// Turns "t;c=DAPI|GFP;z=21@0.5" into the frame axes of a settings document, outermost first; "" is "t". Each axis is
/// name[=number or names with | between][@step]. An axis without "=" takes as many frames as come, which only the first can.
/// Throws std::runtime_error in the user's words.
Json parseAxes(const std::string& text);

} // namespace omezarr
