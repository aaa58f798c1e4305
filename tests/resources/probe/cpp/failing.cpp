// What can go wrong in a function.

#include <cmath>
#include <stdexcept>
#include <vector>

#include "probe.h"

namespace probe {

struct CustomError : std::exception {
    const char* what() const noexcept override { return "custom text"; }
};

struct Unprintable : std::exception {
    const char* what() const noexcept override { return nullptr; }
};

struct Bare {};

namespace {

[[gnu::noinline]] int recurse(int depth) {
    volatile int frame = depth;
    return recurse(frame + 1) + frame;
}

// Two places that a compiler may take for one.
[[noreturn]] void throw_either(bool first) {
    if (first) throw std::runtime_error("side by side");
    throw std::runtime_error("side by side, too");
}

[[noreturn]] void nested() {
    try {
        throw std::logic_error("inner");
    } catch (...) {
        std::throw_with_nested(std::runtime_error("outer"));
    }
}

}  // namespace

Response raise(const Response& res, const Options& options) {
    res.send("answered before the error");
    const auto kind = options.get<std::string>("kind", "error");
    if (kind == "error") throw std::runtime_error(options.get<std::string>("text", "probe error"));
    if (kind == "custom") throw CustomError();
    if (kind == "first" || kind == "second") throw_either(kind == "first");
    if (kind == "string") throw "a string";
    if (kind == "number") throw 42;
    if (kind == "null") throw nullptr;
    if (kind == "object") throw Bare();
    if (kind == "index") return res.json(std::vector<int>().at(7));
    if (kind == "cause") nested();
    if (kind == "recursion") return res.json(recurse(0));
    if (kind == "odd") throw std::runtime_error("odd \xff\xe2\x80\xae text");
    if (kind == "long") throw std::runtime_error(std::string(1'000'000, 'x'));
    if (kind == "unprintable") throw Unprintable();
    if (kind == "exit_thread") pthread_exit(nullptr);
    throw std::invalid_argument("the probe knows no kind " + kind);
}

Response unserialisable(const Response& res, const Options& options) {
    const auto kind = options.get<std::string>("kind", "");
    if (kind == "nan") return res.json({{"value", std::nan("")}});
    if (kind == "infinity") return res.json(Json::array({INFINITY}));
    if (kind == "cycle") {  // a value cannot hold itself here; what it can is to be as deep as if it did
        Json value;
        for (int depth = 0; depth < 100'000; ++depth) value = Json::array({std::move(value)});
        return res.json(value);
    }
    if (kind == "function") return res.json(Json(Json::value_t::discarded));  // functions the compiler refuses
    if (kind == "bytes") return res.json(Json::binary({0xff, 0xfe}));
    throw std::invalid_argument("the probe knows no kind " + kind);
}

}  // namespace probe
