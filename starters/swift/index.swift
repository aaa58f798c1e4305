import FoundationEssentials
import FunctionRuntime

struct Given: Decodable {
    var name: String?
}

public func main(req: Request, res: Response) -> Response {
    let payload = req.payload.isEmpty ? "{}" : req.payload
    guard let given = try? JSONDecoder().decode(Given.self, from: Data(payload.utf8)) else {
        return res.json(["error": #"send a JSON object, such as {"name": "you"}"#], 400)
    }
    let greeting = req.env["GREETING"] ?? "Hello"
    return res.json([
        "message": "\(greeting), \(given.name ?? "World")!",
        "client": req.headers["user-agent"] ?? "unknown",
    ])
}
