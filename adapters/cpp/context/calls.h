// Between the worker, which the image holds compiled, and the function.
#pragma once

#include "RuntimeContext.h"

namespace runtime {

// Calls the function.
RuntimeOutput call_handler(RuntimeContext& context);

}  // namespace runtime
