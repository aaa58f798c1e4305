// The probe where the function belongs to the main actor.
@MainActor
func main(context: RuntimeContext) async throws -> RuntimeOutput {
    try await probe(context)
}
