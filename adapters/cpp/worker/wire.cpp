#include "wire.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace runtime {
namespace {

// The size of kind and id, which the field `size` counts in.
constexpr std::size_t kind_and_id = 5;
// What may wait to be written with another frame, in bytes.
constexpr std::size_t small = 16 << 10;

std::uint32_t number(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const unsigned char byte : bytes.substr(0, 4)) value = value << 8 | byte;
    return value;
}

void append(std::string& frames, FrameKind kind, std::uint32_t id, std::string_view body) {
    frames.reserve(frames.size() + 4 + kind_and_id + body.size());
    frames += big_endian<std::uint32_t>(kind_and_id + body.size());
    frames += static_cast<char>(kind);
    frames += big_endian(id);
    frames += body;
}

}  // namespace

Wire::Wire(const std::string& path) : descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::system_error(errno, std::generic_category(), "no connection to the gateway");
    }
}

std::optional<Frame> Wire::read() {
    char head[4 + kind_and_id];
    if (!receive(head, sizeof head)) return {};
    Frame frame{static_cast<FrameKind>(head[4]), number({head + kind_and_id, 4}), {}};
    frame.body.resize(std::max<std::size_t>(number({head, 4}), kind_and_id) - kind_and_id);
    if (!receive(frame.body.data(), frame.body.size())) return {};
    return frame;
}

std::size_t Wire::waiting() const {
    std::size_t count = 0;
    for (std::string_view rest(buffer.data() + begin, end - begin); rest.size() >= 4; ++count) {
        const std::size_t size = 4 + std::size_t{number(rest)};
        if (size > rest.size()) break;
        rest.remove_prefix(size);
    }
    return count;
}

bool Wire::receive(char* target, std::size_t size) {
    while (size > 0) {
        if (begin == end) {
            const auto count = recv(descriptor, buffer.data(), buffer.size(), 0);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return false;
            begin = 0;
            end = count;
        }
        const std::size_t count = std::min(size, end - begin);
        std::memcpy(target, buffer.data() + begin, count);
        target += count;
        begin += count;
        size -= count;
    }
    return true;
}

void Wire::write(FrameKind kind, std::uint32_t id, std::string_view body) {
    std::string frame;
    append(frame, kind, id, body);
    write(frame);
}

void Wire::write(std::string_view rest) {
    const std::lock_guard lock(writing);
    while (!rest.empty()) {
        const auto count = send(descriptor, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return;
        rest.remove_prefix(count);
    }
}

void Held::add(FrameKind kind, std::uint32_t id, std::string_view body) {
    if (body.size() > small) release();
    append(frames, kind, id, body);
    if (frames.size() > small) release();
}

void Held::release() {
    if (frames.empty()) return;
    wire.write(frames);
    frames.clear();
    if (frames.capacity() > 2 * small) frames = {};
}

}  // namespace runtime
