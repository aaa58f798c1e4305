// What a function is called with, for editors and tests. Needs nlohmann/json (Debian: nlohmann-json3-dev).
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace runtime {

using Json = nlohmann::json;

struct Request {
    std::map<std::string, std::string> env;
    std::map<std::string, std::string> headers;
    std::string payload;
};

struct Response {
    Json value;
    long status = 0;

    // Answers with text.
    Response send(std::string text, long status = 200) const { return {text, status}; }

    // Answers with a value as JSON.
    Response json(const Json& value, long status = 200) const { return {value, status}; }
};

Response main(Request req, Response res);

}  // namespace runtime
