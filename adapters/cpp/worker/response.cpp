// What a function may answer with, and what it may not (contract F3, F4).

#include <cmath>
#include <stdexcept>
#include <string_view>

#include "runtime.h"

namespace runtime {
namespace {

// Deeper than any value that means something, and far from the end of the stack.
constexpr int deepest = 1000;

// Why JSON cannot hold a value where the library would write null for it, or what is no JSON; else null.
const char* refusal(const Json& value, int depth = 0) {
    if (depth > deepest) return "it is nested too deep";
    if (value.is_binary()) return "it holds bytes";
    if (value.is_discarded()) return "it holds what could not be parsed";
    if (value.is_number_float() && !std::isfinite(value.get<double>())) return "NaN and infinity are no numbers in JSON";
    if (value.is_structured()) {
        for (const auto& member : value) {
            if (const char* reason = refusal(member, depth + 1)) return reason;
        }
    }
    return nullptr;
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = [&](std::size_t further) { return static_cast<unsigned char>(text[at + further]); };
        const unsigned char lead = byte(0);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (length == 0 || length > text.size() - at) return false;
        for (std::size_t further = 1; further < length; ++further) {
            if ((byte(further) & 0xC0) != 0x80) return false;
        }
        // Longer than need be, a surrogate, or beyond Unicode's end.
        if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F)) return false;
        if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return false;
        at += length;
    }
    return true;
}

}  // namespace

Response::Response(Kind kind, std::string body, long status) : kind(kind), body(std::move(body)), status(status) {}

Response Response::send(std::string text, long status) const {
    if (!is_utf8(text)) throw std::invalid_argument("send takes text, and this is no valid UTF-8");
    return {Kind::text, std::move(text), status};
}

Response Response::json(const Json& value, long status) const {
    if (const char* reason = refusal(value)) throw std::invalid_argument(std::string("JSON cannot hold this value: ") + reason);
    return {Kind::json, value.dump(), status};
}

}  // namespace runtime
