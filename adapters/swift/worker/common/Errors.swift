import Traces

/// In Unicode's scalars, of which a character may have any number; leaves room for the trace in the 8 KiB of a message.
private let longestText = 1000

/// Type, text and where it was thrown (contract E2).
func describe(_ error: any Error) -> String {
    let trace = String(cString: traces_of(unsafeBitCast(error, to: UnsafeRawPointer.self)))
    let text = String(String(describing: error).unicodeScalars.prefix(longestText))
    return "\(type(of: error)): \(text)\(trace)"
}
