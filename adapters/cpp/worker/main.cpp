// The C++ worker: it answers the gateway's requests with one function (docs/worker-protocol.md).

#include <cxxabi.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <thread>

#include "errors.h"
#include "wire.h"

namespace runtime {

class Worker {
public:
    explicit Worker(const std::string& path) : wire(path) {}

    // Serves requests until the gateway closes the connection, each in a thread of its own.
    void run() {
        wire.write(FrameKind::ready, 0, mode_shared + big_endian(concurrency));
        while (auto frame = wire.read()) {
            if (frame->kind == FrameKind::request) {
                // Without a thread for it nothing can be answered: this worker ends, and the gateway hands the request,
                // which has not started, to a fresh one.
                std::thread(&Worker::serve, this, frame->id, std::move(frame->body)).detach();
            } else if (frame->kind == FrameKind::ping) {
                wire.write(FrameKind::pong, frame->id);
            }
        }
    }

private:
    // Calls the function and says how it ended.
    void serve(std::uint32_t id, std::string body) {
        auto request = read_request(body);
        if (!request) return fail(id, "malformed frame");
        body = {};
        wire.write(FrameKind::started, id);
        try {
            answer(id, main(std::move(*request), Response()));
        } catch (const abi::__forced_unwind&) {
            fail(id, "the function ended its thread with pthread_exit");
            throw;  // what ends a thread must not be stopped
        } catch (...) {
            fail(id, describe_current_exception());
        }
    }

    void answer(std::uint32_t id, const Response& response) {
        if (response.kind == Response::Kind::none) return wire.write(FrameKind::silent, id);
        // A status beyond 32 bits is out of range anyway, which the gateway says.
        using Status = std::numeric_limits<std::int32_t>;
        const auto status = static_cast<std::int32_t>(std::clamp<long>(response.status, Status::min(), Status::max()));
        wire.write(FrameKind::answer, id, big_endian(status) + static_cast<char>(response.kind) + response.body);
    }

    void fail(std::uint32_t id, const std::string& message) {
        const std::string code = big_endian<std::uint16_t>(500);
        wire.write(FrameKind::error, id, code + big_endian<std::uint32_t>(message.size()) + message);
    }

    static inline const std::string mode_shared = "\x02";
    static constexpr std::uint32_t concurrency = 32;

    Wire wire;
};

}  // namespace runtime

int main() {
    const char* path = std::getenv("RUNTIME_SOCKET");
    if (!path) {
        std::fputs("runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there\n", stderr);
        return 64;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    try {
        runtime::Worker worker(path);
        unsetenv("RUNTIME_SOCKET");
        worker.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "runtime: %s\n", error.what());
        std::_Exit(1);
    }
    std::_Exit(0);  // at once: functions that still run must not see their globals destroyed
}
