import Foundation
import FunctionRuntime

struct Given: Decodable {
    var name: String?
}

func main(context: RuntimeContext) async throws -> RuntimeOutput {
    let req = context.req, res = context.res
    context.log("called with \(req.method) \(req.path)")
    let body = req.bodyBinary.isEmpty ? Data("{}".utf8) : req.bodyBinary
    guard let given = try? JSONDecoder().decode(Given.self, from: body) else {
        return try res.json(["error": #"send a JSON object, such as {"name": "you"}"#], statusCode: 400)
    }
    let greeting = ProcessInfo.processInfo.environment["GREETING"] ?? "Hello"
    return try res.json([
        "message": "\(greeting), \(given.name ?? "World")!",
        "client": req.headers["user-agent"] ?? "unknown",
    ])
}
