// context.req: what the client has sent.
#pragma once

#include <json/json.h>

#include <any>
#include <cstddef>
#include <string>
#include <vector>

namespace runtime {

class RuntimeRequest {
public:
    std::string method;
    std::string scheme;
    std::string host;
    int port = 0;
    std::string path;
    Json::Value query = Json::objectValue;
    std::string queryString;
    // Names in lower case.
    Json::Value headers = Json::objectValue;
    // A Json::Value if the Content-Type says JSON, else a std::string.
    std::any body;
    std::vector<std::byte> bodyBinary;
    // The old name of bodyText.
    std::string bodyRaw;
    std::string bodyText;
    // An empty object if the body is no JSON.
    Json::Value bodyJson = Json::objectValue;
    std::string url;
};

}  // namespace runtime
