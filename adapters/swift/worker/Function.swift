// What a function gets and what it makes of it: func main(req: Request, res: Response) async throws -> Response

/// What a function is called with (contract F2): of this request only.
public struct Request: Sendable {
    public var env: [String: String]
    public var headers: [String: String]
    public var payload: String
}

/// Makes a function's answer: what `send` or `json` returns and the function returns in turn (contract F3, F4).
public struct Response: Sendable {
    private enum Content {
        case nothing, text([UInt8]), json([UInt8])
        /// Why this is no answer, with the place that made it.
        case refused(String)
    }

    private var content = Content.nothing
    private var status = 200

    init() {}

    private init(_ content: Content, _ status: Int) {
        self.content = content
        self.status = status
    }

    /// Answers with text.
    public func send(_ text: String, _ status: Int = 200) -> Response {
        Response(.text(Array(text.utf8)), status)
    }

    /// Answers with text that is already in UTF-8.
    public func send(_ utf8: [UInt8], _ status: Int = 200, file: StaticString = #filePath, line: Int = #line) -> Response {
        guard String(validating: utf8, as: UTF8.self) != nil else {
            return Response(.refused("send takes text, and these bytes are no UTF-8\n    at \(file):\(line)"), status)
        }
        return Response(.text(utf8), status)
    }

    /// Answers with an object as JSON; so written that `["name": "x", "size": 1]` needs no type.
    public func json(
        _ object: [String: Any?], _ status: Int = 200, file: StaticString = #filePath, line: Int = #line
    ) -> Response {
        json(object as Any, status, file: file, line: line)
    }

    /// Answers with a value as JSON: dictionaries, arrays, strings, numbers, booleans, nil.
    @_disfavoredOverload
    public func json(_ value: Any, _ status: Int = 200, file: StaticString = #filePath, line: Int = #line) -> Response {
        do {
            return Response(.json(try JSON.encode(value)), status)
        } catch {
            return Response(.refused("JSON cannot hold this value: \(error.reason)\n    at \(file):\(line)"), status)
        }
    }

    /// What the gateway gets for a function that returned this.
    func frame(_ id: UInt32) -> [UInt8] {
        // A status beyond 32 bits is out of range anyway, which the gateway says.
        let head = bigEndian(Int32(clamping: status))
        return switch content {
        case .nothing: FunctionRuntime.frame(.silent, id)
        case .text(let bytes): FunctionRuntime.frame(.answer, id, head, [0], bytes)
        case .json(let bytes): FunctionRuntime.frame(.answer, id, head, [1], bytes)
        case .refused(let reason): errorFrame(id, reason)
        }
    }
}

extension Reader {
    mutating func request() -> Request {
        Request(env: pairs(), headers: pairs(), payload: text())
    }
}
