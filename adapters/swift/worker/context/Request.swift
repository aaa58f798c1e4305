import Foundation

/// What the function was asked. The forms of the body are made when they are asked for (docs/protocol-v5.md, V24).
public final class RuntimeRequest: Sendable {
    public let bodyBinary: Data
    public let headers: [String: String]
    public let method: String
    public let url: String
    public let scheme: String?
    public let host: String
    public let port: Int?
    public let path: String
    public let queryString: String?
    public let query: [String: String]?

    public init(
        bodyBinary: Data, headers: [String: String], method: String, url: String, scheme: String?, host: String, port: Int?,
        path: String, queryString: String?, query: [String: String]?
    ) {
        self.bodyBinary = bodyBinary
        self.headers = headers
        self.method = method
        self.url = url
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.queryString = queryString
        self.query = query
    }

    /// The body as text; what is not UTF-8 becomes U+FFFD.
    public var bodyText: String { String(decoding: bodyBinary, as: UTF8.self) }

    /// The old name of `bodyText`.
    public var bodyRaw: String { bodyText }

    /// The body, parsed; empty if it is no object of JSON.
    public var bodyJson: [String: Any?] { (try? json()) as? [String: Any?] ?? [:] }

    /// `bodyJson` if the Content-Type says JSON, or another value of JSON if the body is one; else `bodyText`.
    public var body: Any {
        guard (headers["content-type"] ?? "").lowercased().hasPrefix("application/json") else { return bodyText }
        return (try? json()) ?? [String: Any?]()
    }

    /// The body, parsed, whatever value it is. Throws if it is no JSON.
    public func json() throws -> Any {
        do {
            return try JSONSerialization.jsonObject(with: bodyBinary, options: .fragmentsAllowed)
        } catch {
            throw NoJSON(reason: (error as NSError).userInfo["NSDebugDescription"] as? String ?? "it cannot be read")
        }
    }
}

/// Why a body cannot be parsed.
struct NoJSON: Error, CustomStringConvertible {
    let reason: String
    var description: String { "the body is no JSON: \(reason)" }
}
