// What the probe's files share.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "runtime.h"

namespace probe {

using runtime::Json;
using runtime::Response;

constexpr std::size_t mib = 1 << 20;

// The payload's parameters; one that is missing or null has its default.
struct Options {
    Json values;

    template <typename Value>
    Value get(const char* name, Value otherwise) const {
        const auto found = values.find(name);
        return found == values.end() || found->is_null() ? otherwise : found->template get<Value>();
    }

    bool has(const char* name) const { return values.contains(name) && !values[name].is_null(); }
};

// Does the work so many times, or until it says what went wrong.
std::pair<std::size_t, Json> until_error(std::size_t times, const std::function<std::optional<std::string>()>& work);

// Throws in the way that the kind names.
Response raise(const Response& res, const Options& options);
Response unserialisable(const Response& res, const Options& options);

// Leaves a process of its own behind and returns its id; throws std::system_error.
int start_sleeper();
Response fill(const Response& res, const Options& options);

}  // namespace probe
