// What an exception says: its type and text, and where in the function's own files it was thrown (contract E2).
#pragma once

#include <string>

namespace runtime {

// Describes the exception that is being handled.
std::string describe_current_exception();

}  // namespace runtime
