// What a function is called with, for editors and tests. The runtime has a module of its own with this name.
import Foundation

public struct RuntimeRequest {
    public var bodyBinary = Data()
    public var headers: [String: String] = [:]
    public var method = "GET"
    public var url = "http://localhost:3000/"
    public var scheme: String? = "http"
    public var host = "localhost"
    public var port: Int? = 3000
    public var path = "/"
    public var queryString: String? = ""
    public var query: [String: String]? = [:]

    public init() {}

    public var bodyText: String { String(decoding: bodyBinary, as: UTF8.self) }

    /// The body, parsed; empty if it is no object of JSON.
    public var bodyJson: [String: Any?] { (try? json()) as? [String: Any?] ?? [:] }

    /// `bodyJson` if the Content-Type says JSON; else `bodyText`.
    public var body: Any { headers["content-type"]?.hasPrefix("application/json") == true ? bodyJson : bodyText }

    /// The body, parsed, whatever value it is. Throws if it is no JSON.
    public func json() throws -> Any { try JSONSerialization.jsonObject(with: bodyBinary, options: .fragmentsAllowed) }
}

public struct RuntimeOutput {
    public let body: Data
    public let statusCode: Int
    public let headers: [String: String]
}

public struct RuntimeResponse {
    public func binary(_ bytes: Data, statusCode: Int = 200, headers: [String: String] = [:]) -> RuntimeOutput {
        RuntimeOutput(body: bytes, statusCode: statusCode, headers: headers)
    }

    public func text(_ body: String, statusCode: Int = 200, headers: [String: String] = [:]) -> RuntimeOutput {
        binary(Data(body.utf8), statusCode: statusCode, headers: headers)
    }

    public func json(
        _ value: [String: Any?], statusCode: Int = 200, headers: [String: String] = [:]
    ) throws -> RuntimeOutput {
        let body = try JSONSerialization.data(withJSONObject: value)
        return binary(body, statusCode: statusCode, headers: headers)
    }

    public func empty() -> RuntimeOutput { text("", statusCode: 204) }

    public func redirect(_ url: String, statusCode: Int = 301, headers: [String: String] = [:]) -> RuntimeOutput {
        text("", statusCode: statusCode, headers: headers.merging(["location": url]) { $1 })
    }
}

public final class RuntimeContext {
    public let req: RuntimeRequest
    public let res = RuntimeResponse()
    /// What the function has logged, and its errors.
    public private(set) var logged: [String] = []

    public init(_ req: RuntimeRequest) { self.req = req }

    public func log(_ values: Any...) { logged.append(values.map { "\($0)" }.joined(separator: " ")) }

    public func error(_ values: Any...) { logged.append(values.map { "\($0)" }.joined(separator: " ")) }
}
