// The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md).
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <sstream>
#include <thread>

#include "RuntimeContext.h"
#include "RuntimeOutput.h"
#include "RuntimeRequest.h"
#include "RuntimeResponse.h"
#include "probe.h"

namespace runtime {

class Handler {
public:
    static RuntimeOutput main(RuntimeContext& context) {
        Json::Value given = Json::objectValue;
        if (context.req.headers.isMember("x-with")) std::istringstream(context.req.headers["x-with"].asString()) >> given;
        const std::string action = context.req.headers.get("x-action", "seen").asString();
        const auto found = actions().find(action);
        if (found == actions().end()) throw std::out_of_range("there is no such action: " + action);
        return found->second(context, given);
    }

private:
    using Given = const Json::Value&;
    using Action = std::function<RuntimeOutput(RuntimeContext&, Given)>;

    static const std::map<std::string, Action>& actions() {
        static const std::map<std::string, Action> all = {
            {"seen", [](auto& context, Given) { return probe::seen(context); }},
            {"body", [](auto& context, Given) { return probe::body(context); }},
            {"body-json", [](auto& context, Given) { return probe::body_json(context); }},
            {"echo",
             [](auto& context, Given) {
                 Json::Value headers;
                 headers["content-type"] = "application/octet-stream";
                 return context.res.binary(context.req.bodyBinary, 200, headers);
             }},
            {"text",
             [](auto& context, Given given) {
                 return context.res.text(given.get("text", "text").asString(), status(given), given["headers"]);
             }},
            {"json",
             [](auto& context, Given given) { return context.res.json(given["value"], status(given), given["headers"]); }},
            {"binary",
             [](auto& context, Given) {
                 std::vector<std::byte> bytes;
                 for (int byte = 0; byte < 256; ++byte) bytes.push_back(std::byte(byte));
                 return context.res.binary(bytes);
             }},
            {"empty", [](auto& context, Given) { return context.res.empty(); }},
            {"redirect",
             [](auto& context, Given given) { return context.res.redirect(given["url"].asString(), status(given, 301)); }},
            {"send", [](auto& context, Given given) { return context.res.send(given["body"].asString()); }},
            {"big", [](auto& context, Given given) { return context.res.text(std::string(given["bytes"].asInt(), 'x')); }},
            {"many-headers", [](auto& context, Given given) { return probe::many_headers(context, given); }},
            {"not-returned",
             [](auto& context, Given) {
                 context.res.text("first", 201);
                 return context.res.text("second");
             }},
            {"throws",
             [](auto& context, Given) -> RuntimeOutput {
                 context.log("before");
                 throw probe::TypeError("on purpose");
             }},
            {"log", probe::entries},
            {"values", [](auto& context, Given) { return probe::values(context); }},
            {"prints", [](auto& context, Given) { return probe::prints(context); }},
            {"flood", probe::flood},
            {"mixed", probe::mixed},
            {"late", [](auto& context, Given) { return probe::late(context); }},
            {"child",
             [](auto& context, Given given) {
                 probe::shell(given["command"].asString());
                 return context.res.text("ended");
             }},
            {"sleep",
             [](auto& context, Given given) {
                 for (const auto& each : given["logs"]) context.log(each.asString());
                 std::this_thread::sleep_for(std::chrono::duration<double>(given["seconds"].asDouble()));
                 context.log("too late");
                 return context.res.text(given.get("text", "slept").asString());
             }},
            {"spin",
             [](auto& context, Given) -> RuntimeOutput {
                 context.log("before");
                 for (volatile bool goes_on = true; goes_on;) continue;
                 return context.res.empty();
             }},
            {"exit",
             [](auto& context, Given given) -> RuntimeOutput {
                 context.log("before");
                 std::exit(given["code"].asInt());
             }},
            {"abort",
             [](auto& context, Given) -> RuntimeOutput {
                 context.log("before");
                 std::abort();
             }},
            {"signal", probe::send_signal},
            {"environment", [](auto& context, Given) { return probe::environment(context); }},
            {"identity", [](auto& context, Given) { return probe::identity(context); }},
            {"read", [](auto& context, Given given) { return probe::read_file(context, given["path"].asString()); }},
            {"write",
             [](auto& context, Given given) {
                 return probe::write_file(context, given["path"].asString(), given["text"].asString());
             }},
            {"fill",
             [](auto& context, Given given) { return probe::fill(context, given["path"].asString(), given["mib"].asInt()); }},
        };
        return all;
    }

    static int status(Given given, int otherwise = 200) { return given.get("status", otherwise).asInt(); }
};

}  // namespace runtime
