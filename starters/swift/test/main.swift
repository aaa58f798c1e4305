import FunctionRuntime
import function

func call(_ payload: String, _ env: [String: String] = [:]) -> Response {
    main(req: Request(env: env, headers: ["user-agent": "test"], payload: payload), res: Response())
}

// It greets whoever is named.
let answer = call(#"{"name": "you"}"#, ["GREETING": "Good day"])
let value = answer.value as? [String: Any?]
precondition(value?["message"] as? String == "Good day, you!", "\(answer)")
precondition(value?["client"] as? String == "test", "\(answer)")
precondition(answer.status == 200, "\(answer)")

// It refuses what is no object.
for payload in ["no JSON", "[1]"] {
    precondition(call(payload).status == 400, payload)
}
print("ok")
