// Takes a frame's body apart.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace runtime {

// After the first mistake it yields nothing more.
struct Reader {
    std::string_view rest;
    bool malformed = false;

    std::string_view bytes(std::size_t size) {
        malformed = malformed || size > rest.size();
        if (malformed) return {};
        const auto taken = rest.substr(0, size);
        rest.remove_prefix(size);
        return taken;
    }

    template <typename Integer = std::uint32_t>
    Integer number() {
        Integer value = 0;
        for (const unsigned char byte : bytes(sizeof value)) value = static_cast<Integer>(value << 8 | byte);
        return value;
    }

    std::string text() { return std::string(bytes(number())); }

    std::map<std::string, std::string> pairs() {
        std::map<std::string, std::string> pairs;
        for (auto count = number(); count > 0 && !malformed; --count) {
            std::string key = text();
            pairs[std::move(key)] = text();
        }
        return pairs;
    }
};

}  // namespace runtime
