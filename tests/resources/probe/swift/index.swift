// The probe: it does whatever the payload's action says (tests/resources/probe/README.md).

import Glibc
import Synchronization

/// How long after the function's end something still happens.
let late = Duration.milliseconds(50)

let count = Atomic(0)

/// Finds the action and takes it.
func main(req: Request, res: Response) async throws -> Response {
    let options = Options(req.payload)
    switch options.text("action", "answer") {
    case "answer":
        return everything(req, res)
    case "text":
        return res.send(options.text("text", "Hello"))
    case "json":
        return res.json(options.value("value") as Any)
    case "both":
        _ = res.send("first")
        return res.json(["last": true])
    case "none":
        return res
    case "twice":
        _ = res.send("first")
        return res.send("second")
    case "late":
        Task {
            try await Task.sleep(for: late)
            _ = res.send("too late")
        }
        return res.send("in time")
    case "late_error":
        Task {
            try await Task.sleep(for: late)
            throw ProbeError("late probe error")
        }
        return res.send("in time")
    case "status":
        return res.send("status", options.number("status", 200))
    case "bytes":
        return res.send([0xff, 0xfe])
    case "unserialisable":
        return try unserialisable(res, options)
    case "big":
        return res.send(String(repeating: "x", count: options.number("bytes", 0)))
    case "mutate":
        var changed = req
        changed.env["MUTATED"] = "yes"
        changed.headers["mutated"] = "yes"
        changed.payload = "mutated"
        return everything(changed, res)
    case "proto":
        return res.json(["value": req.env["__proto__"]])
    case "counter":
        return res.json(["counter": count.add(1, ordering: .relaxed).newValue])
    case "throw":
        return try fail(res, options)
    case "sleep":
        try await Task.sleep(for: .seconds(options.seconds))
        return res.send("slept")
    case "block":
        usleep(UInt32(options.seconds * 1e6))
        return res.send("blocked")
    case "spin":
        let end = ContinuousClock.now + .seconds(options.seconds)
        while options.value("seconds") == nil || ContinuousClock.now < end {}
        return res.send("spun")
    case "print":
        show(options)
        return res.send("printed")
    case let action:
        return try takePart(in: action, res, options)
    }
}

func everything(_ req: Request, _ res: Response) -> Response {
    res.json(["env": req.env, "payload": req.payload, "headers": req.headers])
}

func show(_ options: Options) {
    for number in 1...options.number("lines", 1) {
        var line = options.text("text", "line \(number)")
        let missing = options.number("bytes", 0) - line.utf8.count - 1
        if missing > 0 { line += " " + String(repeating: "x", count: missing) }
        if options.text("stream", "stdout") == "stderr" {
            fputs(line + "\n", stderr)
        } else {
            print(line)
        }
    }
}
