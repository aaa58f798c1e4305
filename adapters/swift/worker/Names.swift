// What functions of 2022 call the same things (contract F8).

public typealias RequestValue = Request
public typealias RequestResponse = Response

extension Request {
    /// `env`.
    public var variables: [String: String] {
        get { env }
        set { env = newValue }
    }
}

extension Response {
    /// Answers with text.
    public func send(data: String, statusCode: Int = 200) -> Response { send(data, statusCode) }

    /// Answers with an object as JSON.
    public func json(
        data: [String: Any?], statusCode: Int = 200, file: StaticString = #filePath, line: Int = #line
    ) -> Response {
        json(data, statusCode, file: file, line: line)
    }
}
