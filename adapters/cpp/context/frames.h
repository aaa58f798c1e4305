// The frames of functions that take a context, as docs/worker-protocol.md describes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "RuntimeContext.h"
#include "wire.h"

namespace runtime {

constexpr auto call_frame = static_cast<FrameKind>(0x04);
constexpr auto output_frame = static_cast<FrameKind>(0x05);
constexpr auto log_frame = static_cast<FrameKind>(0x18);
constexpr auto result_frame = static_cast<FrameKind>(0x19);

// A CALL's body, read.
struct Call {
    RuntimeRequest request;
    // Whether what the function logs is wanted.
    bool is_logged;
};

// Nothing if it is malformed.
std::optional<Call> read_call(std::string_view body);

// An OUTPUT's body: the folder.
std::string read_output(std::string_view body);

// A READY's body: serial, a function that takes a context, and other pipes on demand.
std::string ready_body();

// A LOG's body.
std::string log_body(bool is_error, std::string_view text);

// A RESULT's body. Throws std::invalid_argument for headers that are none.
std::string result_body(const RuntimeOutput& output);

}  // namespace runtime
