// A thread for each connection, since Swift's standard library has neither sockets nor JSON: what the runtime is compared
// with.
import Glibc

let body = #"{"normal":"Hello World!","env1":"hello","payload":"benchmark"}"#
let answer = Array(
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)

/// The size of the first request in these bytes, once its head is whole.
func size(of bytes: [UInt8]) -> Int? {
    var start = 0, length = 0
    while let end = bytes[start...].firstIndex(of: 10) {
        if end - start <= 1 { return end + 1 + length }
        let line = String(decoding: bytes[start..<end - 1], as: UTF8.self).lowercased()
        if line.hasPrefix("content-length: ") { length = Int(line.dropFirst(16)) ?? 0 }
        start = end + 1
    }
    return nil
}

func serve(_ client: Int32) {
    var received: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16384)
    while true {
        if let whole = size(of: received), received.count >= whole {
            received.removeFirst(whole)
            if write(client, answer, answer.count) < 0 { break }
            continue
        }
        let count = read(client, &part, part.count)
        if count <= 0 { break }
        received += part[..<count]
    }
    close(client)
}

@main struct Floor {
    static func main() {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in(), on: Int32 = 1
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(3000).bigEndian
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard bound == 0, listen(listener, 128) == 0 else { exit(1) }
        while true {
            let client = accept(listener, nil, nil)
            if client < 0 { continue }
            setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            var thread = pthread_t()
            pthread_create(&thread, nil, { argument in
                serve(Int32(Int(bitPattern: argument)))
                return nil
            }, UnsafeMutableRawPointer(bitPattern: Int(client)))
            pthread_detach(thread)
        }
    }
}
