/// JSON, without Foundation: that would make every function twenty times as large.
struct JSON {
    /// What JSON cannot hold.
    struct Refused: Error {
        let reason: String
    }

    /// Deeper than any value that means something, and far from the end of the stack.
    private static let deepest = 1000

    /// Makes something else of what another library holds as an object, such as Foundation's numbers; nil for what stays.
    private let translate: (Any) -> Any?
    /// Whether an object's names are in order, instead of in another one each time.
    private let sorted: Bool
    private var bytes: [UInt8] = []

    /// The value as compact JSON.
    static func encode(
        _ value: Any, sorted: Bool = false, translate: @escaping (Any) -> Any? = { _ in nil }
    ) throws(Refused) -> [UInt8] {
        var json = JSON(translate: translate, sorted: sorted)
        try json.write(value, 0)
        return json.bytes
    }

    private mutating func write(_ whole: Any, _ depth: Int) throws(Refused) {
        let value = translate(whole) ?? whole
        guard depth <= JSON.deepest else { throw Refused(reason: "it is nested deeper than \(JSON.deepest) levels") }
        switch value {
        case let text as String: write(text)
        case let truth as Bool: bytes += (truth ? "true" : "false").utf8
        case let number as any BinaryInteger: bytes += String(describing: number).utf8
        case let number as any BinaryFloatingPoint: try write(Double(number))
        case let object as [String: Any?] where sorted: try write(object.sorted { $0.key < $1.key }.lazy.map { ($0.key, $0.value) }, depth)
        case let object as [String: Any?]: try write(object.lazy.map { ($0.key, $0.value) }, depth)
        case let list as [Any?]: try write(list, depth)
        default: try writeOther(value, depth)
        }
    }

    private mutating func write(_ number: Double) throws(Refused) {
        guard number.isFinite else { throw Refused(reason: "\(number) is no number in JSON") }
        let text = "\(number)"
        bytes += (text.hasSuffix(".0") ? text.dropLast(2) : text[...]).utf8
    }

    private mutating func write(_ members: some Sequence<(String, Any?)>, _ depth: Int) throws(Refused) {
        bytes.append(UInt8(ascii: "{"))
        for (place, (key, value)) in members.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            write(key)
            bytes.append(UInt8(ascii: ":"))
            try writeOptional(value, depth + 1)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ list: [Any?], _ depth: Int) throws(Refused) {
        bytes.append(UInt8(ascii: "["))
        for (place, value) in list.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            try writeOptional(value, depth + 1)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func writeOptional(_ value: Any?, _ depth: Int) throws(Refused) {
        if let value { try write(value, depth) } else { bytes += "null".utf8 }
    }

    /// An optional inside an Any, Foundation's NSNull, or what JSON has no form for.
    private mutating func writeOther(_ value: Any, _ depth: Int) throws(Refused) {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional {
            return try writeOptional(mirror.children.first?.value, depth)
        }
        let type = String(describing: type(of: value))
        guard type == "NSNull" else { throw Refused(reason: "it has no form for a value of the type \(type)") }
        bytes += "null".utf8
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\r"): bytes += "\\r".utf8
            case UInt8(ascii: "\t"): bytes += "\\t".utf8
            case 0..<0x10: bytes += "\\u000\(String(byte, radix: 16))".utf8
            case 0x10..<0x20: bytes += "\\u00\(String(byte, radix: 16))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
