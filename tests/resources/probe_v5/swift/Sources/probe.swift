// Does what the header x-action says (tests/resources/probe_v5/README.md).
import Foundation

struct TypeError: Error, CustomStringConvertible {
    var description: String { "on purpose" }
}

struct RangeError: Error, CustomStringConvertible {
    var description: String { "logged" }
}

struct NoSuchAction: Error {
    let name: String
}

func probe(_ context: RuntimeContext) async throws -> RuntimeOutput {
    let req = context.req, res = context.res
    let given = Given(req.headers["x-with"] ?? "{}")
    switch req.headers["x-action"] ?? "seen" {
    case "seen": return try seen(context)
    case "body":
        let kind = req.body is String ? "string" : "object"
        return try res.json(["kind": kind, "body": req.body, "text": req.bodyText, "raw": req.bodyRaw])
    case "body-json": return try res.json(["value": req.json()])
    case "echo": return res.binary(req.bodyBinary, headers: ["content-type": "application/octet-stream"])
    case "text": return res.text(given.text("text", "text"), statusCode: given.number("status", 200), headers: given.headers)
    case "json": return try res.json(given["value"] as Any, statusCode: given.number("status", 200), headers: given.headers)
    case "binary": return res.binary(Data(0...255))
    case "empty": return res.empty()
    case "redirect": return res.redirect(given.text("url", ""), statusCode: given.number("status", 301))
    case "send": return res.send(given["body"].map { "\($0)" } ?? "")
    case "big": return res.binary(Data(repeating: UInt8(ascii: "x"), count: given.number("bytes", 0)))
    case "many-headers":
        let value = String(repeating: "v", count: given.number("size", 0))
        return res.text("text", headers: [String: String](uniqueKeysWithValues: (0..<given.number("number", 0)).map { ("x-\($0)", value) }))
    case "not-returned":
        _ = res.text("first", statusCode: 201)
        return res.text("second")
    case "throws":
        context.log("before")
        throw TypeError()
    case "late":
        Task {
            try await Task.sleep(nanoseconds: 100_000_000)
            context.log("late")
            print("late, printed")
        }
        return res.text("answered")
    case "sleep":
        given.texts("logs").forEach { context.log($0) }
        try await Task.sleep(nanoseconds: UInt64(given.seconds * 1e9))
        context.log("too late")
        return res.text(given.text("text", "slept"))
    case let name: return try await writes(name, context, given) ?? processes(name, context, given)
    }
}

private func seen(_ context: RuntimeContext) throws -> RuntimeOutput {
    let req = context.req
    return try context.res.json([
        "method": req.method, "scheme": req.scheme, "host": req.host, "port": req.port, "path": req.path,
        "queryString": req.queryString, "url": req.url, "query": req.query, "headers": req.headers,
        "size": req.bodyBinary.count, "sha256": try sha256(req.bodyBinary),
    ])
}

/// What writes logs.
private func writes(_ name: String, _ context: RuntimeContext, _ given: Given) async throws -> RuntimeOutput? {
    switch name {
    case "log":
        given.texts("prints").forEach { print($0) }
        given.texts("logs").forEach { context.log($0) }
        given.texts("errors").forEach { context.error($0) }
        return context.res.text("logged")
    case "values":
        context.log("one", 2, true, "naïve 🎉")
        context.log(["a": [1, "b"] as [Any]], [1, ["c": nil] as [String: Any?]] as [Any])
        do { throw RangeError() } catch { context.error(error) }
        return context.res.text("logged")
    case "prints":
        print("printed 1")
        context.log("logged 2")
        fputs("printed 3\n", stderr)
        print("printed 4\nprinted 5")
        return context.res.text("printed")
    case "flood":
        let entry = String(repeating: "é", count: given.number("characters", 0))
        for _ in 0..<given.number("entries", 0) {
            if given.text("how", "") == "print" { print(entry) } else { context.log(entry) }
        }
        return context.res.text("logged")
    case "mixed": return try await mixed(context, given)
    default: return nil
    }
}

private func mixed(_ context: RuntimeContext, _ given: Given) async throws -> RuntimeOutput {
    let name = given.text("name", "")
    for line in 0..<given.number("lines", 0) {
        context.log("\(name) log \(line)")
        try await Task.sleep(nanoseconds: UInt64(line % 3) * 1_000_000)
        print("\(name) print \(line)")
        if line % 10 == 0 { child("for n in 0 1 2 3 4 5 6 7 8 9; do echo \"\(name) child $((\(line) + n))\"; done") }
        context.error("\(name) error \(line)")
    }
    return context.res.text(name)
}

/// The parameters, with their defaults.
struct Given {
    private let values: [String: Any]

    init(_ text: String) {
        let value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        values = value as? [String: Any] ?? [:]
    }

    subscript(name: String) -> Any? { values[name] }

    func text(_ name: String, _ otherwise: String) -> String { values[name] as? String ?? otherwise }

    func number(_ name: String, _ otherwise: Int) -> Int { (values[name] as? NSNumber)?.intValue ?? otherwise }

    var seconds: Double { (values["seconds"] as? NSNumber)?.doubleValue ?? 1 }

    func texts(_ name: String) -> [String] { values[name] as? [String] ?? [] }

    /// Several values of one header are lines of one.
    var headers: [String: String] {
        (values["headers"] as? [String: Any] ?? [:]).mapValues { value in
            (value as? [String])?.joined(separator: "\n") ?? "\(value)"
        }
    }
}
