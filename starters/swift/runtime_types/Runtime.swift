// What a function is called with, for editors and tests. The runtime has a module of its own with this name.

public struct Request: Sendable {
    public var env: [String: String]
    public var headers: [String: String]
    public var payload: String

    public init(env: [String: String], headers: [String: String], payload: String) {
        (self.env, self.headers, self.payload) = (env, headers, payload)
    }
}

public struct Response {
    public private(set) var value: Any?
    public private(set) var status = 0

    public init() {}

    /// Answers with text.
    public func send(_ text: String, _ status: Int = 200) -> Response {
        answer(text, status)
    }

    /// Answers with an object as JSON.
    public func json(_ object: [String: Any?], _ status: Int = 200) -> Response {
        answer(object, status)
    }

    /// Answers with a value as JSON.
    @_disfavoredOverload
    public func json(_ value: Any, _ status: Int = 200) -> Response {
        answer(value, status)
    }

    private func answer(_ value: Any, _ status: Int) -> Response {
        var answer = Response()
        (answer.value, answer.status) = (value, status)
        return answer
    }
}
