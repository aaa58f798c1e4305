// Compiled with each function: what the worker calls.
#include RUNTIME_ENTRYPOINT

#include "RuntimeContext.h"
#include "calls.h"

runtime::RuntimeOutput runtime::call_handler(RuntimeContext& context) { return Handler::main(context); }
