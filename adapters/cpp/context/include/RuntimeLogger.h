// Where the entries of one request's log files go.
#pragma once

#include <string>

namespace runtime {

class RuntimeLogger {
public:
    virtual ~RuntimeLogger() = default;

    // Adds an entry to the logs, or to the errors if the type is "error".
    virtual void write(const std::string& message, const std::string& type = "log") = 0;
};

}  // namespace runtime
