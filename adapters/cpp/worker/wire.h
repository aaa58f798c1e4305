// The frames between gateway and worker, as docs/worker-protocol.md describes them.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace runtime {

enum class FrameKind : unsigned char {
    request = 0x01,
    ping = 0x02,
    ready = 0x11,
    started = 0x13,
    answer = 0x14,
    error = 0x15,
    pong = 0x16,
    silent = 0x17,
};

struct Frame {
    FrameKind kind;
    std::uint32_t id;
    std::string body;
};

// An integer as bytes, the highest first.
template <typename Integer>
std::string big_endian(Integer value) {
    std::string bytes;
    for (int shift = 8 * (sizeof value - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
    return bytes;
}

// The connection to the gateway.
class Wire {
public:
    // Throws std::system_error.
    explicit Wire(const std::string& path);

    // The next frame; nothing once the gateway has closed the connection.
    std::optional<Frame> read();

    // How many whole frames were received, but not read.
    std::size_t waiting() const;

    // Writes a frame at once and whole, from any thread. A gateway that is gone ends the process where it reads.
    void write(FrameKind kind, std::uint32_t id, std::string_view body = {});

private:
    friend class Held;

    bool receive(char* target, std::size_t size);
    void write(std::string_view rest);

    int descriptor;
    std::mutex writing;
    std::string buffer = std::string(1 << 16, '\0');
    std::size_t begin = 0, end = 0;
};

// Frames of one thread that are to be written together: at the latest when this ends.
class Held {
public:
    explicit Held(Wire& wire) : wire(wire) {}
    ~Held() { release(); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    // Adds a frame. What has become large is written at once.
    void add(FrameKind kind, std::uint32_t id, std::string_view body = {});

    // Writes all of them.
    void release();

private:
    Wire& wire;
    std::string frames;
};

}  // namespace runtime
