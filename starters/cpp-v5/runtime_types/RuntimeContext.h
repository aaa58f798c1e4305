// What a function is called with, for editors and tests. The runtime has types of its own, with these names.
#pragma once

#include <json/json.h>

#include <any>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace runtime {

struct RuntimeOutput {
    std::vector<std::byte> body;
    int statusCode = 200;
    Json::Value headers;
    // What was given to json, for tests.
    Json::Value value;
};

struct RuntimeRequest {
    std::string method, scheme, host;
    int port = 0;
    std::string path, queryString, url;
    Json::Value query, headers, bodyJson;
    std::any body;
    std::vector<std::byte> bodyBinary;
    std::string bodyText, bodyRaw;
};

// Makes what a function returns.
struct RuntimeResponse {
    RuntimeOutput binary(const std::vector<std::byte>& bytes, int statusCode = 200, const Json::Value& headers = {}) {
        return {bytes, statusCode, headers, {}};
    }

    RuntimeOutput text(const std::string& body, int statusCode = 200, const Json::Value& headers = {}) {
        const auto* bytes = reinterpret_cast<const std::byte*>(body.data());
        return {{bytes, bytes + body.size()}, statusCode, headers, {}};
    }

    RuntimeOutput json(const Json::Value& json, int statusCode = 200, const Json::Value& headers = {}) {
        auto output = text(json.toStyledString(), statusCode, headers);
        output.value = json;
        return output;
    }

    RuntimeOutput redirect(const std::string& url, int statusCode = 301, Json::Value headers = {}) {
        headers["location"] = url;
        return text("", statusCode, headers);
    }

    RuntimeOutput empty() { return text("", 204); }
};

struct RuntimeContext {
    RuntimeRequest req;
    RuntimeResponse res;
    // What the function has logged, for tests.
    std::string logged, failed;

    void log(const std::string& message) { logged += message; }
    void error(const std::string& message) { failed += message; }
};

}  // namespace runtime
