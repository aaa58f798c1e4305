// The probe of the open-runtimes protocol; what it does is beside it, so that other forms can do it, too.
func main(context: RuntimeContext) async throws -> RuntimeOutput {
    try await probe(context)
}
