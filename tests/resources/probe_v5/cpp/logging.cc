// What goes to the log files.
#include <chrono>
#include <cstdio>
#include <iostream>
#include <thread>

#include "probe.h"

namespace probe {

RuntimeOutput entries(RuntimeContext& context, const Json::Value& given) {
    for (const auto& each : given["prints"]) std::cout << each.asString() << '\n';
    for (const auto& each : given["logs"]) context.log(each.asString());
    for (const auto& each : given["errors"]) context.error(each.asString());
    return context.res.text("logged");
}

RuntimeOutput values(RuntimeContext& context) {
    context.log("one 2 true naïve 🎉");
    try {
        throw std::range_error("logged");
    } catch (const std::exception& error) {
        context.error(error.what());
    }
    return context.res.text("logged");
}

RuntimeOutput prints(RuntimeContext& context) {
    std::cout << "printed 1\n";
    context.log("logged 2");
    std::cerr << "printed 3\n";
    std::printf("printed 4\nprinted 5\n");
    return context.res.text("printed");
}

// `entries` entries of `characters` characters, by log or print.
RuntimeOutput flood(RuntimeContext& context, const Json::Value& given) {
    std::string entry;
    for (int at = 0; at < given["characters"].asInt(); ++at) entry += "é";
    for (int at = 0; at < given["entries"].asInt(); ++at) {
        if (given["how"] == "print") {
            std::cout << entry << '\n';
        } else {
            context.log(entry);
        }
    }
    return context.res.text("logged");
}

// Lines by the API, by print and by a child process, with sleeps between.
RuntimeOutput mixed(RuntimeContext& context, const Json::Value& given) {
    const std::string name = given["name"].asString();
    for (int line = 0; line < given["lines"].asInt(); ++line) {
        const std::string number = std::to_string(line);
        context.log(name + " log " + number);
        std::this_thread::sleep_for(std::chrono::milliseconds(line % 3));
        std::cout << name << " print " << number << '\n';
        if (line % 10 == 0) shell("for n in 0 1 2 3 4 5 6 7 8 9; do echo \"" + name + " child $((" + number + " + n))\"; done");
        context.error(name + " error " + number);
    }
    return context.res.text(name);
}

RuntimeOutput late(RuntimeContext& context) {
    std::thread([later = context]() mutable {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        later.log("late");
        std::cout << "late, printed" << std::endl;
    }).detach();
    return context.res.text("answered");
}

}  // namespace probe
