// The frames between gateway and worker, as docs/worker-protocol.md describes them.

enum Kind: UInt8 {
    case request = 0x01, ping = 0x02, call = 0x04, output = 0x05
    case ready = 0x11, started = 0x13, answer = 0x14, error = 0x15, pong = 0x16, silent = 0x17
    case log = 0x18, result = 0x19
}

/// The size of kind and id, which the field `size` counts in.
let kindAndId = 5

/// An integer's bytes, the highest first.
func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
}

func frame(_ kind: Kind, _ id: UInt32, _ parts: [UInt8]...) -> [UInt8] {
    let size = parts.reduce(kindAndId) { $0 + $1.count }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 + size)
    bytes += bigEndian(UInt32(size))
    bytes.append(kind.rawValue)
    bytes += bigEndian(id)
    for part in parts { bytes += part }
    return bytes
}

func errorFrame(_ id: UInt32, _ message: String) -> [UInt8] {
    let text = Array(message.utf8)
    return frame(.error, id, bigEndian(UInt16(500)), bigEndian(UInt32(text.count)), text)
}

/// Takes a body apart.
struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func number() -> UInt32 {
        defer { rest.removeFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func text() -> String {
        let size = Int(number())
        defer { rest.removeFirst(size) }
        return String(decoding: rest.prefix(size), as: UTF8.self)
    }

    mutating func pairs() -> [String: String] {
        var pairs: [String: String] = [:]
        for _ in 0..<number() {
            let key = text()
            pairs[key] = text()
        }
        return pairs
    }
}
