#include <iostream>

#include "runtime.h"

using runtime::Json;

static runtime::Response call(const std::string& payload, const std::map<std::string, std::string>& env = {}) {
    return runtime::main({env, {{"user-agent", "test"}}, payload}, {});
}

static int failures = 0;

static void same(const Json& expected, const Json& actual) {
    if (expected == actual) return;
    std::cerr << "expected " << expected << ", got " << actual << '\n';
    ++failures;
}

int main() {
    // It greets whoever is named.
    auto answer = call(R"({"name": "you"})", {{"GREETING", "Good day"}});
    same({{"message", "Good day, you!"}, {"client", "test"}}, answer.value);
    same(200, answer.status);

    // It refuses what is no object.
    for (auto payload : {"no JSON", "[1]"}) same(400, call(payload).status);
    return failures;
}
