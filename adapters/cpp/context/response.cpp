#include <strings.h>

#include <cmath>
#include <stdexcept>

#include "RuntimeResponse.h"

namespace runtime {
namespace {

// JSON has no such numbers; the library writes null, or something that is no JSON.
void refuse_nan(const Json::Value& value) {
    if (value.isDouble() && !std::isfinite(value.asDouble())) {
        throw std::invalid_argument("JSON cannot hold this value: NaN and infinity are no numbers in JSON");
    }
    for (const auto& member : value) refuse_nan(member);
}

// The headers with one more, in place of any of that name.
Json::Value with(const Json::Value& headers, const std::string& name, const std::string& value) {
    Json::Value more = headers.isNull() ? Json::objectValue : headers;
    for (const auto& other : more.getMemberNames()) {
        const bool is_same = other.size() == name.size() && strcasecmp(other.c_str(), name.c_str()) == 0;
        if (is_same) more.removeMember(other);
    }
    more[name] = value;
    return more;
}

}  // namespace

RuntimeOutput RuntimeResponse::binary(const std::vector<std::byte>& bytes, int statusCode, const Json::Value& headers) {
    RuntimeOutput output;
    output.body = bytes;
    output.statusCode = statusCode;
    output.headers = headers;
    return output;
}

RuntimeOutput RuntimeResponse::text(const std::string& body, int statusCode, const Json::Value& headers) {
    const auto* bytes = reinterpret_cast<const std::byte*>(body.data());
    return binary({bytes, bytes + body.size()}, statusCode, headers);
}

RuntimeOutput RuntimeResponse::json(const Json::Value& json, int statusCode, const Json::Value& headers) {
    refuse_nan(json);
    Json::StreamWriterBuilder builder;
    builder["indentation"] = "";
    builder["emitUTF8"] = true;
    const std::string document = json.isNull() ? "{}" : Json::writeString(builder, json);
    return text(document, statusCode, with(headers, "content-type", "application/json"));
}

RuntimeOutput RuntimeResponse::send(const std::string& body, int statusCode, const Json::Value& headers) {
    return text(body, statusCode, headers);
}

RuntimeOutput RuntimeResponse::redirect(const std::string& url, int statusCode, Json::Value headers) {
    return text("", statusCode, with(headers, "location", url));
}

RuntimeOutput RuntimeResponse::empty() { return text("", 204); }

}  // namespace runtime
