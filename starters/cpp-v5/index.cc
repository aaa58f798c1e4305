#include <cstdlib>

#include "RuntimeContext.h"

namespace runtime {

class Handler {
public:
    static RuntimeOutput main(RuntimeContext& context) {
        const RuntimeRequest& req = context.req;
        context.log("called with " + req.method + " " + req.path);
        Json::Value given = parsed(req.bodyText), answer;
        if (!given.isObject() || !given.get("name", "").isString()) {
            answer["error"] = R"(send a JSON object, such as {"name": "you"})";
            return context.res.json(answer, 400);
        }
        const char* greeting = std::getenv("GREETING");
        answer["message"] = std::string(greeting ? greeting : "Hello") + ", " + given.get("name", "World").asString() + "!";
        answer["client"] = req.headers.get("user-agent", "unknown");
        return context.res.json(answer);
    }

private:
    // An empty object for an empty text, null for what is no JSON.
    static Json::Value parsed(const std::string& text) {
        if (text.empty()) return Json::objectValue;
        Json::Value value;
        const std::unique_ptr<Json::CharReader> reader(Json::CharReaderBuilder().newCharReader());
        return reader->parse(text.data(), text.data() + text.size(), &value, nullptr) ? value : Json::Value();
    }
};

}  // namespace runtime
