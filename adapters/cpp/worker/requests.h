// What a function is called with, out of a frame.
#pragma once

#include <optional>
#include <string_view>

#include "runtime.h"

namespace runtime {

// A REQUEST's body; nothing if it is malformed.
std::optional<Request> read_request(std::string_view body);

}  // namespace runtime
