import Foundation

struct Payload: Decodable {
    var name: String?
}

/// What GREETING says to whom the payload names.
func main(req: RequestValue, res: RequestResponse) async throws -> RequestResponse {
    let payload = try JSONDecoder().decode(Payload.self, from: req.payload.data(using: .utf8)!)
    let greeting = req.variables["GREETING"] ?? "Hello"
    return res.json(data: [
        "message": "\(greeting), \(payload.name ?? "World")!",
        "client": req.headers["user-agent"],
    ])
}
