import Glibc
import Synchronization

/// The connection to the gateway.
final class Wire: Sendable {
    private let descriptor: Int32
    private let writing = Mutex(())

    /// Nil if there is no such socket.
    init?(path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.dropLast().copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout.size(ofValue: address))
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard connected == 0 else { return nil }
    }

    /// Writes frames at once and whole, from any thread. A gateway that is gone ends the process where it reads.
    func write(_ frames: [UInt8]) {
        writing.withLock { _ in
            var rest = frames[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// The next frame; nil once the gateway has closed the connection.
    func read() -> (kind: Kind?, id: UInt32, body: [UInt8])? {
        guard let head = receive(4 + kindAndId) else { return nil }
        var reader = Reader(rest: head[...])
        let size = Int(reader.number())
        let kind = Kind(rawValue: reader.rest.removeFirst())
        guard let body = receive(size - kindAndId) else { return nil }
        return (kind, reader.number(), body)
    }

    private func receive(_ size: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size {
                let count = recv(descriptor, buffer.baseAddress! + filled, size - filled, Int32(MSG_WAITALL))
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                filled += count
            }
        }
        return bytes.count == size ? bytes : nil
    }
}
