// The probe: it does whatever the payload's action says (tests/resources/probe/README.md).

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "probe.h"

extern char** environ;

namespace probe {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// How long after the function's end something still happens.
constexpr std::chrono::milliseconds late(50);

std::atomic<int> count;

Seconds wanted(const Options& options) { return Seconds(options.get("seconds", 1.0)); }

Response everything(const runtime::Request& req, const Response& res) {
    return res.json({{"env", req.env}, {"payload", req.payload}, {"headers", req.headers}});
}

void print(const Options& options) {
    FILE* const stream = options.get<std::string>("stream", "stdout") == "stderr" ? stderr : stdout;
    const auto size = options.get<std::size_t>("bytes", 0);
    for (int number = 1; number <= options.get("lines", 1); ++number) {
        std::string line = options.get("text", "line " + std::to_string(number));
        if (line.size() < size) (line += ' ').resize(size, 'x');
        fputs((line + "\n").c_str(), stream);
    }
}

// The text as UTF-8, whatever it is.
std::string readable(const std::string& text) {
    return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

Json environment() {
    Json found = Json::object();
    for (char** pair = environ; pair && *pair; ++pair) {
        const std::string text = readable(*pair);
        found[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
    }
    return found;
}

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::system_error(errno, std::generic_category(), path);
    file.exceptions(std::ios::badbit);
    return readable({std::istreambuf_iterator<char>(file), {}});
}

}  // namespace
}  // namespace probe

namespace runtime {

// Finds the action and takes it.
Response main(Request req, Response res) {
    using namespace probe;
    const Json payload = Json::parse(req.payload, nullptr, false);
    const Options options{payload.is_object() ? payload : Json::object()};
    const auto action = options.get<std::string>("action", "answer");

    if (action == "answer") return everything(req, res);
    if (action == "text") return res.send(options.get<std::string>("text", "Hello"));
    if (action == "json") return res.json(options.get<Json>("value", nullptr));
    if (action == "both") {
        res.send("first");
        return res.json({{"last", true}});
    }
    if (action == "none") return res;
    if (action == "twice") {
        res.send("first");
        return res.send("second");
    }
    if (action == "late") {
        std::thread([res] {
            std::this_thread::sleep_for(late);
            res.send("too late");
        }).detach();
        return res.send("in time");
    }
    if (action == "status") return res.send("status", options.get<long>("status", 200));
    if (action == "bytes") return res.send("\xff\xfe");
    if (action == "unserialisable") return unserialisable(res, options);
    if (action == "big") return res.send(std::string(options.get<std::size_t>("bytes", 0), 'x'));
    if (action == "mutate") {
        req.env["MUTATED"] = "yes";
        req.headers["mutated"] = "yes";
        req.payload = "mutated";
        return everything(req, res);
    }
    if (action == "proto") return res.json({{"value", req.env.contains("__proto__") ? Json(req.env["__proto__"]) : Json()}});
    if (action == "counter") return res.json({{"counter", ++count}});
    if (action == "pid") return res.json({{"pid", getpid()}});
    if (action == "uid") return res.json({{"uid", getuid()}, {"gid", getgid()}});
    if (action == "environ") return res.json(environment());
    if (action == "read") return res.send(content(options.get<std::string>("path", "")));
    if (action == "throw") return raise(res, options);
    if (action == "sleep") {
        std::this_thread::sleep_for(wanted(options));
        return res.send("slept");
    }
    if (action == "block") {
        std::this_thread::sleep_for(wanted(options));
        return res.send("blocked");
    }
    if (action == "spin") {
        for (const auto start = Clock::now(); !options.has("seconds") || Clock::now() - start < wanted(options);) continue;
        return res.send("spun");
    }
    if (action == "exit") exit(options.get("code", 0));
    if (action == "abort") {
        if (options.has("line")) std::ofstream("/tmp/begun", std::ios::app) << options.get("line", std::string()) << '\n' << std::flush;
        abort();
    }
    if (action == "kill") {
        if (kill(options.get("pid", 0), options.get("signal", SIGKILL)) != 0) throw std::system_error(errno, std::generic_category());
        return res.send("killed");
    }
    if (action == "spawn") return res.json({{"pid", start_sleeper()}});
    if (action == "forks") {
        const auto [started, error] = until_error(options.get<std::size_t>("count", 200), []() -> std::optional<std::string> {
            try {
                start_sleeper();
                return {};
            } catch (const std::system_error& error) {
                return error.what();
            }
        });
        return res.json({{"started", started}, {"error", error}});
    }
    if (action == "descriptors") {
        const auto [opened, error] = until_error(options.get<std::size_t>("count", 100'000), []() -> std::optional<std::string> {
            if (open("/dev/null", O_RDONLY) >= 0) return {};
            return std::generic_category().message(errno);
        });
        return res.json({{"opened", opened}, {"error", error}});
    }
    if (action == "allocate") {
        std::vector<std::unique_ptr<std::string>> held;
        for (int number = options.get("mib", 1); number > 0; --number) held.push_back(std::make_unique<std::string>(mib, 'x'));
        return res.send(held.empty() ? "nothing" : "allocated");
    }
    if (action == "fill") return fill(res, options);
    if (action == "print") {
        print(options);
        return res.send("printed");
    }
    if (action == "tamper") {
        if (chdir("/") != 0) throw std::system_error(errno, std::generic_category());
        clearenv();
        setenv("TZ", "Pacific/Kiritimati", 1);
        tzset();
        std::set_terminate([] { _exit(1); });
        return res.send("tampered");
    }
    throw std::invalid_argument("the probe knows no action " + action);
}

}  // namespace runtime
