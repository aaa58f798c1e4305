// What can go wrong in a function.

struct ProbeError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

enum CustomError: Error {
    case failed(String)
}

/// Has no text.
struct Unprintable: Error, CustomStringConvertible {
    var description: String { "" }
}

/// Fails in the way that the kind names.
func fail(_ res: Response, _ options: Options) throws -> Response {
    _ = res.send("answered before the error")
    switch options.text("kind", "error") {
    case "error": throw ProbeError(options.text("text", "probe error"))
    case "custom": throw CustomError.failed("custom text")
    case "odd": throw ProbeError("odd \0\u{202e}\u{fffd} text")
    case "long": throw ProbeError(String(repeating: "x", count: 1_000_000))
    case "unprintable": throw Unprintable()
    case "cause":
        do {
            throw ProbeError("inner")
        } catch {
            throw ProbeError("outer, because of \(error)")
        }
    case "first", "second": return try failEither(options.text("kind", "") == "first")
    case "string": fatalError("a string")
    case "null": return res.send(options.value("nothing")! as! String)
    case "index": return res.send([options.text("kind", "")][options.number("at", 7)])
    case "divide": return res.send("\(1 / options.number("by", 0))")
    case "recursion": return res.send("\(recurse(options.number("depth", 0)))")
    case let unknown: throw ProbeError("the probe knows no kind \(unknown)")
    }
}

/// Two places that compilers may take for one.
@inline(never)
func failEither(_ first: Bool) throws -> Response {
    if first { throw ProbeError("side by side") }
    throw ProbeError("side by side, too")
}

@inline(never)
func recurse(_ depth: Int) -> Int {
    depth < 0 ? depth : "\(recurse(depth + 1))".utf8.count  // nothing that the compiler could make a loop of
}

func unserialisable(_ res: Response, _ options: Options) throws -> Response {
    switch options.text("kind", "") {
    case "nan": return res.json(["value": Double.nan])
    case "infinity": return res.json([Float.infinity])
    case "function": return res.json(["value": everything])
    case "cycle":
        // Values cannot hold themselves: this is one that is nested too deep.
        var value: [Any] = []
        for _ in 0..<10_000 { value = [value] }
        return res.json(value)
    case let unknown: throw ProbeError("the probe knows no kind \(unknown)")
    }
}
