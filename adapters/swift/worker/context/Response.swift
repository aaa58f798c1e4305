import Foundation

/// What a function returns: its status, headers and bytes. Several cookies are lines of one value of `set-cookie`.
public struct RuntimeOutput: Sendable {
    public let body: Data
    public let statusCode: Int
    public let headers: [String: String]

    public init(body: Data, statusCode: Int = 200, headers: [String: String] = [:]) {
        self.body = body
        self.statusCode = statusCode
        self.headers = headers
    }
}

/// Makes what a function returns (docs/protocol-v5.md, V27).
public final class RuntimeResponse: Sendable {
    public init() {}

    /// Bytes.
    public func binary(_ bytes: Data, statusCode: Int = 200, headers: [String: String] = [:]) -> RuntimeOutput {
        RuntimeOutput(body: bytes, statusCode: statusCode, headers: headers)
    }

    /// Text, as UTF-8.
    public func text(_ body: String, statusCode: Int = 200, headers: [String: String] = [:]) -> RuntimeOutput {
        binary(Data(body.utf8), statusCode: statusCode, headers: headers)
    }

    /// The old name of `text`.
    public func send(_ body: String, statusCode: Int = 200, headers: [String: String] = [:]) -> RuntimeOutput {
        text(body, statusCode: statusCode, headers: headers)
    }

    /// An object as JSON; so written that `["name": "x", "size": 1]` needs no type.
    public func json(
        _ json: [String: Any?], statusCode: Int = 200, headers: [String: String] = [:]
    ) throws -> RuntimeOutput {
        try self.json(json as Any, statusCode: statusCode, headers: headers)
    }

    /// A value as JSON: dictionaries, arrays, strings, numbers, booleans, nil, and Foundation's objects for these.
    @_disfavoredOverload
    public func json(_ value: Any, statusCode: Int = 200, headers: [String: String] = [:]) throws -> RuntimeOutput {
        let headers = headers.merging(["content-type": "application/json"]) { $1 }
        return binary(Data(try jsonOf(value)), statusCode: statusCode, headers: headers)
    }

    /// No content.
    public func empty() -> RuntimeOutput { text("", statusCode: 204) }

    /// No content, and where to go.
    public func redirect(_ url: String, statusCode: Int = 301, headers: [String: String] = [:]) -> RuntimeOutput {
        text("", statusCode: statusCode, headers: headers.merging(["location": url]) { $1 })
    }
}

/// Why a value is no JSON.
struct NotJSON: Error, CustomStringConvertible {
    let reason: String
    var description: String { "JSON cannot hold this value: \(reason)" }
}

/// A value as compact JSON, with objects' names in order.
func jsonOf(_ value: Any) throws -> [UInt8] {
    do {
        return try JSON.encode(value, sorted: true, translate: ofSwift)
    } catch {
        throw NotJSON(reason: error.reason)
    }
}

/// What Foundation's parsers make of JSON, as Swift's own values; nil for all others. The casts of the language would take
/// a number that is 1 for a boolean.
private func ofSwift(_ value: Any) -> Any? {
    guard type(of: value) is AnyObject.Type else { return nil }
    switch value as AnyObject {
    case let number as NSNumber:
        switch UInt8(bitPattern: number.objCType.pointee) {
        case UInt8(ascii: "c"), UInt8(ascii: "B"): return number.boolValue
        case UInt8(ascii: "d"), UInt8(ascii: "f"): return number.doubleValue
        case UInt8(ascii: "Q"): return number.uint64Value
        default: return number.int64Value
        }
    case let text as NSString: return String(describing: text)
    case let list as NSArray: return list.map { $0 }
    case let object as NSDictionary:
        return [String: Any](uniqueKeysWithValues: object.map { (String(describing: $0.key), $0.value) })
    default: return nil
    }
}
