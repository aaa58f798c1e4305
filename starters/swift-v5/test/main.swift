import Foundation
import FunctionRuntime

@testable import function

func call(_ body: String) async throws -> (status: Int, value: [String: String], logged: [String]) {
    var req = RuntimeRequest()
    req.method = "POST"
    req.headers = ["user-agent": "test"]
    req.bodyBinary = Data(body.utf8)
    let context = RuntimeContext(req)
    let output = try await main(context: context)
    return (output.statusCode, try JSONDecoder().decode([String: String].self, from: output.body), context.logged)
}

// It greets whoever is named, and logs the call.
setenv("GREETING", "Good day", 1)
let answer = try await call(#"{"name": "you"}"#)
precondition(answer.value == ["message": "Good day, you!", "client": "test"], "\(answer)")
precondition(answer.status == 200, "\(answer)")
precondition(answer.logged == ["called with POST /"], "\(answer)")

// It refuses what is no object.
for body in ["no JSON", "[1]"] {
    let status = try await call(body).status
    precondition(status == 400, body)
}
print("ok")
