// What an exception says: its type and text, and where in the function's own files it was thrown (contract E2).
#pragma once

#include <string>

namespace runtime {

// Describes the exception that is being handled.
std::string describe_current_exception();

// This thread has thrown nothing yet: what comes is of another request.
void forget_exceptions();

// This thread is about to throw: the stack is still there, and nothing else will remember it.
void remember_throw(const void* exception);

}  // namespace runtime
