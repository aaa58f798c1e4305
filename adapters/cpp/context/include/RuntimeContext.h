// What a function of the open-runtimes protocol is written with:
//
//     #include "RuntimeContext.h"
//
//     namespace runtime {
//     class Handler {
//     public:
//         static RuntimeOutput main(RuntimeContext& context) { return context.res.text("Hello"); }
//     };
//     }
#pragma once

#include <memory>
#include <string>

#include "RuntimeLogger.h"
#include "RuntimeOutput.h"
#include "RuntimeRequest.h"
#include "RuntimeResponse.h"

namespace runtime {

class RuntimeContext {
public:
    RuntimeRequest req;
    RuntimeResponse res;
    // None in a function's own tests.
    std::shared_ptr<RuntimeLogger> logger;

    // Adds an entry to the request's logs.
    void log(const std::string& message) {
        if (logger) logger->write(message, "log");
    }

    // Adds an entry to the request's errors.
    void error(const std::string& message) {
        if (logger) logger->write(message, "error");
    }
};

}  // namespace runtime
