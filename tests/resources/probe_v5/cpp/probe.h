// What the probe's files share.
#pragma once

#include <stdexcept>
#include <string>

#include "RuntimeContext.h"

namespace probe {

using runtime::RuntimeContext;
using runtime::RuntimeOutput;

struct TypeError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// What the request has.
RuntimeOutput seen(RuntimeContext& context);
RuntimeOutput body(RuntimeContext& context);
RuntimeOutput body_json(RuntimeContext& context);
RuntimeOutput many_headers(RuntimeContext& context, const Json::Value& given);

// What goes to the log files.
RuntimeOutput entries(RuntimeContext& context, const Json::Value& given);
RuntimeOutput values(RuntimeContext& context);
RuntimeOutput prints(RuntimeContext& context);
RuntimeOutput flood(RuntimeContext& context, const Json::Value& given);
RuntimeOutput mixed(RuntimeContext& context, const Json::Value& given);
RuntimeOutput late(RuntimeContext& context);

// Processes and files.
void shell(const std::string& command);
RuntimeOutput send_signal(RuntimeContext& context, const Json::Value& given);
RuntimeOutput identity(RuntimeContext& context);
RuntimeOutput environment(RuntimeContext& context);
RuntimeOutput read_file(RuntimeContext& context, const std::string& path);
RuntimeOutput write_file(RuntimeContext& context, const std::string& path, const std::string& text);
RuntimeOutput fill(RuntimeContext& context, const std::string& path, int mib);

}  // namespace probe
