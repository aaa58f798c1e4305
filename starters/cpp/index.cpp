#include "runtime.h"

namespace runtime {

static std::string text_of(const std::map<std::string, std::string>& texts, const char* name, const char* instead) {
    auto found = texts.find(name);
    return found == texts.end() ? instead : found->second;
}

Response main(Request req, Response res) {
    Json given = Json::parse(req.payload.empty() ? "{}" : req.payload, nullptr, false);
    if (!given.is_object() || !given.value("name", Json("")).is_string()) {
        return res.json({{"error", R"(send a JSON object, such as {"name": "you"})"}}, 400);
    }
    std::string message = text_of(req.env, "GREETING", "Hello") + ", " + given.value("name", "World") + "!";
    return res.json({{"message", message}, {"client", text_of(req.headers, "user-agent", "unknown")}});
}

}  // namespace runtime
