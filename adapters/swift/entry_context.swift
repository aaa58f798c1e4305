// Compiled with every function that takes a context: where the program begins.
@main
struct Entry {
    static func main() { run(function) }
}

/// The function may be `async` and `throws`, or neither.
private func function(_ context: RuntimeContext) async throws -> RuntimeOutput {
    try await main(context: context)
}
