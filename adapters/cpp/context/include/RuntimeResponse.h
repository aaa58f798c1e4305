// context.res: makes what a function returns.
#pragma once

#include <json/json.h>

#include <cstddef>
#include <string>
#include <vector>

#include "RuntimeOutput.h"

namespace runtime {

class RuntimeResponse {
public:
    RuntimeOutput binary(const std::vector<std::byte>& bytes, int statusCode = 200, const Json::Value& headers = {});

    RuntimeOutput text(const std::string& body, int statusCode = 200, const Json::Value& headers = {});

    // A value as compact JSON; one that nothing was assigned to is an empty object. Throws std::invalid_argument if JSON cannot
    // hold it.
    RuntimeOutput json(const Json::Value& json, int statusCode = 200, const Json::Value& headers = {});

    // The old name of text.
    RuntimeOutput send(const std::string& body, int statusCode = 200, const Json::Value& headers = {});

    RuntimeOutput redirect(const std::string& url, int statusCode = 301, Json::Value headers = {});

    RuntimeOutput empty();
};

}  // namespace runtime
