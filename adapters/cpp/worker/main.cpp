// The C++ worker: it answers the gateway's requests with one function (docs/worker-protocol.md).

#include <cxxabi.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cfenv>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <system_error>
#include <thread>

#include "errors.h"
#include "requests.h"
#include "turns.h"
#include "wire.h"

namespace runtime {

[[noreturn]] void fail_all(const std::exception& error) {
    std::fprintf(stderr, "runtime: %s\n", error.what());
    std::_Exit(1);
}

class Worker {
public:
    explicit Worker(const std::string& path) : wire(path) {}

    // Says that the function is loaded, and begins to serve requests. Returns at once.
    void begin() {
        wire.write(FrameKind::ready, 0, mode_shared + big_endian(concurrency));
        start();
    }

private:
    // Says so at the end of work, even if that ends its thread.
    struct Finishing {
        Turns& turns;
        ~Finishing() { turns.finish(); }
    };

    // Starts one more thread that serves requests.
    void start() { std::thread(&Worker::work, this).detach(); }

    void try_to_start(Held& held) {
        try {
            start();
        } catch (const std::system_error& error) {
            // Without a thread that reads nothing can be answered: this worker ends, and the gateway hands the request,
            // which has not started, to a fresh one.
            if (turns.arrive() != 0) return;
            held.release();
            fail_all(error);
        }
    }

    // Serves requests, one after the other. As many threads do that as requests run, and one that waits for the next.
    void work() {
        const auto bell = std::make_shared<std::atomic<int>>();
        // The last answer goes out with what says that the next request has started, if that has arrived already.
        Held held(wire);
        turns.arrive();
        while (next_turn(bell, held)) {
            auto request = next_request(held);
            if (!request) std::_Exit(0);  // at once: functions that run must not see their globals destroyed
            for (auto missing = turns.pass(wire.waiting()); missing > 0; --missing) try_to_start(held);
            const Finishing finishing{turns};
            serve(request->id, std::move(request->body), held);
        }
    }

    // Waits for this thread's turn, with nothing held. False if this thread should end.
    bool next_turn(const Turns::Bell& bell, Held& held) {
        if (turns.take_now()) return true;
        held.release();
        return turns.take(bell);
    }

    // Takes frames off the connection until one is a request; nothing at the connection's end.
    std::optional<Frame> next_request(Held& held) {
        while (true) {
            if (wire.waiting() == 0) held.release();  // reading may take time
            auto frame = wire.read();
            if (!frame) return {};
            if (frame->kind == FrameKind::request) return frame;
            if (frame->kind == FrameKind::ping) wire.write(FrameKind::pong, frame->id);
        }
    }

    // Calls the function and says how it ended.
    void serve(std::uint32_t id, std::string body, Held& held) {
        auto request = read_request(body);
        if (!request) return fail(id, "malformed frame", held);
        body = {};
        begin_clean();
        held.add(FrameKind::started, id);
        held.release();  // before the function runs
        try {
            answer(id, main(std::move(*request), Response()), held);
        } catch (const abi::__forced_unwind&) {
            fail(id, "the function ended its thread with pthread_exit", held);
            throw;  // what ends a thread must not be stopped
        } catch (...) {
            fail(id, describe_current_exception(), held);
        }
    }

    // An earlier request of this thread may have left something behind.
    static void begin_clean() {
        forget_exceptions();
        std::fesetenv(FE_DFL_ENV);
        errno = 0;
    }

    static void answer(std::uint32_t id, const Response& response, Held& held) {
        if (response.kind == Response::Kind::none) return held.add(FrameKind::silent, id);
        // A status beyond 32 bits is out of range anyway, which the gateway says.
        using Status = std::numeric_limits<std::int32_t>;
        const auto status = static_cast<std::int32_t>(std::clamp<long>(response.status, Status::min(), Status::max()));
        held.add(FrameKind::answer, id, big_endian(status) + static_cast<char>(response.kind) + response.body);
    }

    static void fail(std::uint32_t id, const std::string& message, Held& held) {
        const std::string code = big_endian<std::uint16_t>(500);
        held.add(FrameKind::error, id, code + big_endian<std::uint32_t>(message.size()) + message);
    }

    static inline const std::string mode_shared = "\x02";
    static constexpr std::uint32_t concurrency = 32;

    Wire wire;
    Turns turns{concurrency};  // at reading
};

}  // namespace runtime

int main() {
    const char* path = std::getenv("RUNTIME_SOCKET");
    if (!path) {
        std::fputs("runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there\n", stderr);
        return 64;
    }
    mallopt(M_MMAP_THRESHOLD, 256 << 10);  // larger blocks go back to the system at once: kept for each thread, they would add up
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    try {
        // For ever: functions run only in threads that may end.
        auto& worker = *new runtime::Worker(path);
        unsetenv("RUNTIME_SOCKET");
        worker.begin();
    } catch (const std::exception& error) {
        runtime::fail_all(error);
    }
    while (true) pause();
}
