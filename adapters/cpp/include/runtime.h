// What a function is written with (contract F1 to F4):
//
//     #include "runtime.h"
//
//     namespace runtime {
//     Response main(Request req, Response res) { return res.send("Hello"); }
//     }
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace runtime {

using Json = nlohmann::json;

// What a function is called with: of this request only.
struct Request {
    std::map<std::string, std::string> env;
    std::map<std::string, std::string> headers;
    std::string payload;
    // The same as env, under its name of 2022 (contract F8).
    std::map<std::string, std::string>& variables = env;

    Request() = default;
    Request(const Request& other) : env(other.env), headers(other.headers), payload(other.payload) {}
    Request(Request&& other) noexcept
        : env(std::move(other.env)), headers(std::move(other.headers)), payload(std::move(other.payload)) {}
    Request& operator=(Request other) noexcept {
        env.swap(other.env);
        headers.swap(other.headers);
        payload.swap(other.payload);
        return *this;
    }
};

// Makes a function's answer: what send or json returns and the function returns in turn.
class Response {
public:
    // Answers with text. Throws std::invalid_argument if it is no UTF-8.
    Response send(std::string text, long status = 200) const;

    // Answers with a value. Throws std::invalid_argument if JSON cannot hold it.
    Response json(const Json& value, long status = 200) const;

private:
    friend class Worker;
    enum class Kind : char { text, json, none };

    Response(Kind kind, std::string body, long status);
    Response() = default;

    Kind kind = Kind::none;
    std::string body;
    long status = 200;
};

// The function: it is yours to write.
Response main(Request req, Response res);

}  // namespace runtime
