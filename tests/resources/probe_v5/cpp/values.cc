// What the request has.
#include <openssl/evp.h>

#include <memory>

#include "probe.h"

namespace probe {
namespace {

std::string sha256(const std::vector<std::byte>& bytes) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
    std::string text;
    for (unsigned at = 0; at < size; ++at) {
        constexpr char digits[] = "0123456789abcdef";
        text += digits[digest[at] >> 4];
        text += digits[digest[at] & 15];
    }
    return text;
}

}  // namespace

RuntimeOutput seen(RuntimeContext& context) {
    const auto& req = context.req;
    Json::Value seen;
    seen["method"] = req.method;
    seen["scheme"] = req.scheme;
    seen["host"] = req.host;
    seen["port"] = req.port;
    seen["path"] = req.path;
    seen["queryString"] = req.queryString;
    seen["url"] = req.url;
    seen["query"] = req.query;
    seen["headers"] = req.headers;
    seen["size"] = Json::UInt64(req.bodyBinary.size());
    seen["sha256"] = sha256(req.bodyBinary);
    return context.res.json(seen);
}

RuntimeOutput body(RuntimeContext& context) {
    Json::Value forms;
    if (const auto* value = std::any_cast<Json::Value>(&context.req.body)) {
        forms["kind"] = "object";
        forms["body"] = *value;
    } else {
        forms["kind"] = "string";
        forms["body"] = std::any_cast<std::string>(context.req.body);
    }
    forms["text"] = context.req.bodyText;
    forms["raw"] = context.req.bodyRaw;
    return context.res.json(forms);
}

// bodyJson is an empty object for what is no JSON: a function that minds looks itself.
RuntimeOutput body_json(RuntimeContext& context) {
    const std::string& text = context.req.bodyText;
    const std::unique_ptr<Json::CharReader> reader(Json::CharReaderBuilder().newCharReader());
    Json::Value value;
    std::string errors;
    if (!reader->parse(text.data(), text.data() + text.size(), &value, &errors)) {
        throw std::invalid_argument("the body is no JSON: " + errors);
    }
    if (value != context.req.bodyJson) throw std::logic_error("bodyJson is another value");
    Json::Value answer;
    answer["value"] = value;
    return context.res.json(answer);
}

RuntimeOutput many_headers(RuntimeContext& context, const Json::Value& given) {
    Json::Value headers;
    for (int at = 0; at < given["number"].asInt(); ++at) {
        headers["x-" + std::to_string(at)] = std::string(given["size"].asInt(), 'v');
    }
    return context.res.text("text", 200, headers);
}

}  // namespace probe
