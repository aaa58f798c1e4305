// Lines by the probe's code, in another form: a class that is defined after it, all in one file, and packages that CMake finds.
#include "RuntimeContext.h"

namespace runtime {
class Handler {
public:
    static RuntimeOutput main(RuntimeContext &context);
};
}

#include "logging.cc"
#include "processes.cc"

#include <sstream>

runtime::RuntimeOutput runtime::Handler::main(RuntimeContext &context) {
    Json::Value given;
    std::istringstream(context.req.headers["x-with"].asString()) >> given;
    return probe::mixed(context, given);
}
