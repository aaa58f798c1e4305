// Compiled with every function: where the program begins.
@main
struct Entry {
    static func main() { run(function) }
}

private let function: Function = main(req:res:)
