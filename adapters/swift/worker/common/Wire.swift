import Glibc

/// The connection to the gateway. One thread at a time may read.
final class Wire: @unchecked Sendable {
    private let descriptor: Int32
    private let writing = Lock()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
    /// What of the buffer was received, but not taken.
    private var received = 0..<0

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
        writing.held {
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

    /// How many whole frames were received, but not read.
    func waiting() -> Int {
        var count = 0
        var at = received.lowerBound
        while at + 4 <= received.upperBound {
            at += 4 + Int(UInt32(bigEndian: buffer.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
            if at <= received.upperBound { count += 1 }
        }
        return count
    }

    private func receive(_ size: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { bytes, filled in
            while filled < size && fill() {
                let count = min(size - filled, received.count)
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[filled...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[received.prefix(count)]))
                received = received.lowerBound + count..<received.upperBound
                filled += count
            }
        }
        return bytes.count == size ? bytes : nil
    }

    /// Waits until there is something in the buffer; false at the connection's end.
    private func fill() -> Bool {
        while received.isEmpty {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            received = 0..<count
        }
        return true
    }
}
