// What an executor asks of a function.
import Foundation
import Greeting

func main(context: RuntimeContext) async throws -> RuntimeOutput {
    let req = context.req, res = context.res
    context.log("called", req.method, req.path, Greeting.text)
    switch req.path {
    case "/sleep":
        try await Task.sleep(nanoseconds: 30_000_000_000)
    case "/crash":
        kill(getpid(), SIGKILL)
        sleep(30)
    case "/echo":
        return res.binary(req.bodyBinary, statusCode: 201, headers: ["x-made-by": "a function"])
    case "/write":
        FileManager.default.createFile(atPath: "/tmp/written", contents: nil)
        if open("/mnt/logs/forged_logs.log", O_WRONLY | O_CREAT, 0o644) < 0 && errno == EACCES { context.error("EACCES") }
    default: break
    }
    return try res.json([
        "env": ProcessInfo.processInfo.environment, "headers": req.headers,
        "folder": FileManager.default.currentDirectoryPath, "body": req.bodyText, "url": req.url,
    ])
}
