// What a function of the open-runtimes protocol returns (docs/protocol-v5.md); context.res makes it.
#pragma once

#include <json/json.h>

#include <cstddef>
#include <vector>

namespace runtime {

class RuntimeOutput {
public:
    std::vector<std::byte> body;
    int statusCode = 200;
    // An object; a list as a value means several headers of that name.
    Json::Value headers;
};

}  // namespace runtime
