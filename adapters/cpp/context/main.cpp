// The worker of functions that take a context (docs/worker-protocol.md). It serves one call at a time: the gateway starts a
// process for each that is to run beside another. So all that comes through its output during a call is the call's own.

#include <cxxabi.h>
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <system_error>
#include <utility>

#include "calls.h"
#include "errors.h"
#include "frames.h"

namespace runtime {
namespace {

// Hands over what was printed, also by libraries in C.
void flush() {
    std::cout.flush();
    std::fflush(nullptr);
}

// The entries of one call. After its end nothing follows.
class CallLogger : public RuntimeLogger {
public:
    CallLogger(Wire& wire, std::uint32_t id, bool is_open) : wire(wire), id(id), is_open(is_open) {}

    void write(const std::string& message, const std::string& type) override {
        const std::lock_guard lock(writing);
        if (!is_open) return;
        flush();  // what was printed before stands before it
        wire.write(log_frame, id, log_body(type == "error", message));
    }

    void end() {
        const std::lock_guard lock(writing);
        is_open = false;
    }

private:
    Wire& wire;
    const std::uint32_t id;
    std::mutex writing;
    bool is_open;
};

void fail(Wire& wire, std::uint32_t id, const std::string& message) {
    const std::string code = big_endian<std::uint16_t>(500);
    wire.write(FrameKind::error, id, code + big_endian<std::uint32_t>(message.size()) + message);
}

// Calls the function and says how it ended.
void serve(Wire& wire, std::uint32_t id, std::string body) {
    auto call = read_call(body);
    if (!call) return fail(wire, id, "malformed frame");
    body = {};
    forget_exceptions();
    const auto logger = std::make_shared<CallLogger>(wire, id, call->is_logged);
    RuntimeContext context{std::move(call->request), {}, logger};
    std::string result, error;
    try {
        result = result_body(call_handler(context));
    } catch (const abi::__forced_unwind&) {
        // The process has no other thread that could serve.
        fail(wire, id, "the function ended its thread with pthread_exit");
        std::_Exit(0);
    } catch (...) {
        error = describe_current_exception();
    }
    logger->end();
    flush();
    if (error.empty()) {
        wire.write(result_frame, id, result);
    } else {
        fail(wire, id, error);
    }
}

// Prints to the pipes in this folder from now on: processes that an earlier call has left go on with the old ones.
void change_output(const std::string& folder) {
    for (const auto& [name, descriptor] : {std::pair("/stdout", 1), std::pair("/stderr", 2)}) {
        const int pipe = open((folder + name).c_str(), O_WRONLY | O_CLOEXEC);
        if (pipe < 0 || dup2(pipe, descriptor) < 0) throw std::system_error(errno, std::generic_category(), folder + name);
        close(pipe);
    }
}

// Serves calls until the gateway closes the connection.
void run(const std::string& path) {
    Wire wire(path);
    wire.write(FrameKind::ready, 0, ready_body());
    while (auto frame = wire.read()) {
        if (frame->kind == call_frame) serve(wire, frame->id, std::move(frame->body));
        if (frame->kind == output_frame) change_output(read_output(frame->body));
        if (frame->kind == FrameKind::ping) wire.write(FrameKind::pong, frame->id);
    }
    std::_Exit(0);  // at once: threads that run must not see their globals destroyed
}

}  // namespace
}  // namespace runtime

int main() {
    const char* given = std::getenv("RUNTIME_SOCKET");
    if (!given) {
        std::fputs("runtime: this is a compiled function, which the gateway of its image starts\n", stderr);
        return 64;
    }
    const std::string path = given;
    unsetenv("RUNTIME_SOCKET");
    unsetenv("RUNTIME_SHAPE");
    mallopt(M_MMAP_THRESHOLD, 256 << 10);  // larger blocks go back to the system at once
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    try {
        runtime::run(path);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "runtime: %s\n", error.what());
    }
    std::_Exit(1);
}
