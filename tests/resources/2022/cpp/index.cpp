#include <iostream>

#include "runtime.h"

namespace runtime {

Response main(Request req, Response res) {
    const Json given = Json::parse(req.payload.empty() ? "{}" : req.payload);
    const std::string name = given.value("name", "World");
    const auto greeting = req.variables.find("GREETING");
    std::cout << "greeting " << name << '\n';
    const std::string message = (greeting == req.variables.end() ? "Hello" : greeting->second) + ", " + name + "!";
    return res.json({{"message", message}, {"client", req.headers["user-agent"]}});
}

}  // namespace runtime
