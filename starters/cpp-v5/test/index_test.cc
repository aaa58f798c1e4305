#include "../index.cc"

#include <iostream>

static int failures = 0;

static void same(const Json::Value& expected, const Json::Value& actual) {
    if (expected == actual) return;
    std::cerr << "expected " << expected << ", got " << actual << '\n';
    ++failures;
}

static runtime::RuntimeOutput call(const std::string& body) {
    runtime::RuntimeContext context;
    context.req.method = "POST";
    context.req.path = "/";
    context.req.headers["user-agent"] = "test";
    context.req.bodyText = body;
    const auto output = runtime::Handler::main(context);
    same("called with POST /", context.logged);
    return output;
}

int main() {
    // It greets whoever is named.
    setenv("GREETING", "Good day", 1);
    const auto answer = call(R"({"name": "you"})");
    Json::Value expected;
    expected["message"] = "Good day, you!";
    expected["client"] = "test";
    same(expected, answer.value);
    same(200, answer.statusCode);

    // It refuses what is no object.
    for (const auto* body : {"no JSON", "[1]"}) same(400, call(body).statusCode);
    return failures;
}
