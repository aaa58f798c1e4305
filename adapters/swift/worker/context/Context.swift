import Foundation

/// What a function is called with: func main(context: RuntimeContext) async throws -> RuntimeOutput
public final class RuntimeContext: @unchecked Sendable {
    public let req: RuntimeRequest
    public let res: RuntimeResponse

    /// Takes an entry: its stream and its text. Nil once the call has ended, or if nothing is wanted.
    private var tell: ((UInt8, String) -> Void)?
    private let telling = Lock()

    init(_ req: RuntimeRequest, tell: ((UInt8, String) -> Void)?) {
        self.req = req
        res = RuntimeResponse()
        self.tell = tell
    }

    /// Adds an entry to the request's logs.
    public func log(_ values: Any...) { add(0, values) }

    /// Adds an entry to the request's errors.
    public func error(_ values: Any...) { add(1, values) }

    /// The same of an error, with where it was thrown: among other values it would be a copy, of which that is not known.
    public func log(_ error: any Error) { add(0, describe(error)) }
    public func error(_ error: any Error) { add(1, describe(error)) }

    /// What is logged from now on is not this call's (V34).
    func close() { telling.held { tell = nil } }

    private func add(_ stream: UInt8, _ values: [Any]) { add(stream, values.map(entry).joined(separator: " ")) }

    private func add(_ stream: UInt8, _ text: String) {
        telling.held { tell?(stream, text) }
    }
}

/// A value as text (V14): lists and dictionaries as JSON, errors with where they were thrown, the rest as Swift writes it.
private func entry(_ value: Any) -> String {
    switch value {
    case let text as String: return text
    case let error as any Error: return describe(error)
    case is [Any?], is [String: Any?]:
        return (try? jsonOf(value)).map { String(decoding: $0, as: UTF8.self) } ?? String(describing: value)
    default: return String(describing: value)
    }
}

/// A place that a function has noted of an error.
struct FileLocation: CustomStringConvertible {
    let file: String
    let line: Int
    let function: String

    var description: String { "\(file):\(line) \(function)" }
}

/// An error with places that the function has noted. Where it was thrown is known without.
struct SourceLocationError: Error, CustomStringConvertible {
    var fileLocations: [FileLocation]
    let error: any Error

    var description: String { (["\(error)"] + fileLocations.map { "\($0)" }).joined(separator: "\n    at ") }
}

/// The error, with this place.
public func annotatedError(
    _ error: any Error, file: String = #fileID, line: Int = #line, function: String = #function
) -> any Error {
    let here = FileLocation(file: file, line: line, function: function)
    guard var known = error as? SourceLocationError else { return SourceLocationError(fileLocations: [here], error: error) }
    known.fileLocations.append(here)
    return known
}

/// What the work gives; what it throws gets this place.
public func annotateError<T>(
    _ work: @autoclosure () throws -> T, file: String = #fileID, line: Int = #line, function: String = #function
) throws -> T {
    do { return try work() } catch { throw annotatedError(error, file: file, line: line, function: function) }
}

/// The same for work that waits.
public func annotateError<T>(
    _ work: @autoclosure () async throws -> T, file: String = #fileID, line: Int = #line, function: String = #function
) async throws -> T {
    do { return try await work() } catch { throw annotatedError(error, file: file, line: line, function: function) }
}
