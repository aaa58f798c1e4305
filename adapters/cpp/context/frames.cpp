#include "frames.h"

#include <strings.h>

#include <stdexcept>

#include "reader.h"

namespace runtime {
namespace {

constexpr std::uint8_t wants_logs = 0x01;     // a flag of CALL
constexpr std::uint8_t takes_context = 0x02;  // flags of READY
constexpr std::uint8_t changes_output = 0x04;
constexpr std::uint8_t mode_serial = 0;
constexpr std::uint8_t by_the_context = 0;  // the origin of LOG

std::string sized(std::string_view text) { return big_endian<std::uint32_t>(text.size()) + std::string(text); }

Json::Value object_of(Reader& reader) {
    Json::Value object = Json::objectValue;
    for (auto& [name, value] : reader.pairs()) object[name] = value;
    return object;
}

bool is_json(const Json::Value& headers) {
    constexpr std::string_view json = "application/json";
    return strncasecmp(headers.get("content-type", "").asCString(), json.data(), json.size()) == 0;
}

// An empty object for what is no JSON.
Json::Value parsed(const std::string& text) {
    Json::CharReaderBuilder builder;
    builder["allowComments"] = false;
    builder["failIfExtra"] = true;
    const std::unique_ptr<Json::CharReader> reader(builder.newCharReader());
    Json::Value value;
    try {
        if (reader->parse(text.data(), text.data() + text.size(), &value, nullptr)) return value;
    } catch (const Json::Exception&) {
        // It is nested too deep.
    }
    return Json::objectValue;
}

}  // namespace

std::optional<Call> read_call(std::string_view body) {
    Reader reader{body};
    Call call{};
    auto& request = call.request;
    call.is_logged = reader.number<std::uint8_t>() & wants_logs;
    request.method = reader.text();
    request.scheme = reader.text();
    request.host = reader.text();
    request.port = reader.number<std::uint16_t>();
    request.path = reader.text();
    request.queryString = reader.text();
    request.url = reader.text();
    request.query = object_of(reader);
    request.headers = object_of(reader);
    if (reader.malformed) return {};
    const auto* bytes = reinterpret_cast<const std::byte*>(reader.rest.data());
    request.bodyBinary.assign(bytes, bytes + reader.rest.size());
    request.bodyText = request.bodyRaw = std::string(reader.rest);
    request.bodyJson = parsed(request.bodyText);
    if (is_json(request.headers)) {
        request.body = request.bodyJson;
    } else {
        request.body = request.bodyText;
    }
    return call;
}

std::string read_output(std::string_view body) { return Reader{body}.text(); }

std::string ready_body() {
    std::string body = big_endian(mode_serial) + big_endian<std::uint32_t>(1);
    return body + big_endian<std::uint8_t>(takes_context | changes_output);
}

std::string log_body(bool is_error, std::string_view text) {
    std::string body{static_cast<char>(is_error), static_cast<char>(by_the_context)};
    return body += text;
}

std::string result_body(const RuntimeOutput& output) {
    if (!output.headers.isNull() && !output.headers.isObject()) throw std::invalid_argument("the headers must be an object");
    std::uint32_t count = 0;
    std::string headers;
    const auto add = [&](const std::string& name, const Json::Value& value) {
        if (!value.isConvertibleTo(Json::stringValue)) throw std::invalid_argument("the header '" + name + "' must be text");
        headers += sized(name) + sized(value.asString());
        ++count;
    };
    for (const auto& name : output.headers.getMemberNames()) {
        const Json::Value& value = output.headers[name];
        if (!value.isArray()) {
            add(name, value);
            continue;
        }
        for (const auto& each : value) add(name, each);
    }
    std::string body = big_endian<std::int32_t>(output.statusCode) + big_endian(count) + headers;
    return body.append(reinterpret_cast<const char*>(output.body.data()), output.body.size());
}

}  // namespace runtime
