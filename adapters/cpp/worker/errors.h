// What an exception says: its type and text, and where in the function's own files it was thrown (contract E2).
#pragma once

#include <string>

namespace runtime {

// Describes the exception that is being handled.
std::string describe_current_exception();

// This thread has thrown nothing yet: what comes is of another request.
void forget_exceptions();

}  // namespace runtime
