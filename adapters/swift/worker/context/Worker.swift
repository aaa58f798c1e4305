// The Swift worker for functions that take a context: one call at a time (docs/worker-protocol.md, mode serial), so all
// that the process and its children print while it runs is its own.

import Dispatch
import Foundation
import Traces

public typealias Function = (RuntimeContext) async throws -> RuntimeOutput

private let modeSerial: UInt8 = 0
private let takesContext: UInt8 = 2
private let changesItsOutput: UInt8 = 4
private let usageError: Int32 = 64

/// Serves calls with the function until the gateway closes the connection.
public func run(_ function: @escaping Function) -> Never {
    guard let path = getenv("RUNTIME_SOCKET") else {
        fputs("runtime: this is a compiled function, which the gateway of its image starts; mount its archive there\n", stderr)
        exit(usageError)
    }
    guard let wire = Wire(path: String(cString: path)) else {
        perror("runtime: no connection to the gateway")
        exit(1)
    }
    unsetenv("RUNTIME_SOCKET")
    unsetenv("RUNTIME_SHAPE")
    setvbuf(stdout, nil, _IOLBF, 0)
    traces_watch()
    let worker = Worker(wire: wire, function: function)
    let failure = startThread(worker.work)
    guard failure == 0 else {
        fputs("runtime: no thread for the function: \(String(cString: strerror(failure)))\n", stderr)
        exit(1)
    }
    wire.write(frame(.ready, 0, [modeSerial], bigEndian(UInt32(1)), [takesContext | changesItsOutput]))
    dispatchMain()  // for what is bound to the main actor
}

private struct Worker: @unchecked Sendable {
    let wire: Wire
    let function: Function

    /// Answers one frame after the other; at the connection's end this process ends.
    @Sendable func work() {
        traces_enter()
        while let (kind, id, body) = wire.read() {
            switch kind {
            case .call: wire.write(answer(id, body))
            case .output: changeOutput(body)
            case .ping: wire.write(frame(.pong, id))
            default: break
            }
        }
        _exit(0)  // at once: tasks that still run must not see what they use destroyed
    }

    /// Prints to other pipes from now on: what outlives its call keeps the old ones.
    private func changeOutput(_ body: [UInt8]) {
        var reader = Reader(rest: body[...])
        let folder = reader.text()
        fflush(stdout)
        for (descriptor, name) in [(STDOUT_FILENO, "stdout"), (STDERR_FILENO, "stderr")] {
            let opened = open("\(folder)/\(name)", O_WRONLY)
            guard opened >= 0, dup2(opened, descriptor) >= 0 else {
                perror("runtime: \(folder)/\(name)")
                _exit(1)
            }
            close(opened)
        }
    }

    /// Calls the function; what is to be written says how it ended.
    private func answer(_ id: UInt32, _ body: [UInt8]) -> [UInt8] {
        var reader = Reader(rest: body[...])
        let (request, isLogged) = reader.call()
        let tell = { (stream: UInt8, text: String) in
            fflush(stdout)  // what was printed before stands before it
            wire.write(frame(.log, id, [stream, 0], Array(text.utf8)))
        }
        let context = RuntimeContext(request, tell: isLogged ? tell : nil)
        let queue = JobQueue()
        Task(executorPreference: queue) {
            let end: [UInt8]
            do {
                end = result(id, try await function(context))
            } catch {
                end = errorFrame(id, describe(error))
            }
            queue.finish(end)
        }
        let end = queue.run()
        context.close()
        fflush(stdout)
        traces_forget()
        return end
    }
}

/// The RESULT of an output.
private func result(_ id: UInt32, _ output: RuntimeOutput) -> [UInt8] {
    var pairs: [(String, String)] = []
    for (name, value) in output.headers {
        let isCookie = name.lowercased() == "set-cookie"
        let values = isCookie ? value.split(separator: "\n").map(String.init) : [value]
        pairs += values.map { (name, $0) }
    }
    var head = bigEndian(Int32(clamping: output.statusCode)) + bigEndian(UInt32(pairs.count))
    for text in pairs.flatMap({ [$0.0, $0.1] }) {
        head += bigEndian(UInt32(text.utf8.count))
        head += text.utf8
    }
    return frame(.result, id, head, Array(output.body))
}

extension Reader {
    /// What a CALL asks, and whether what the function logs is wanted.
    mutating func call() -> (RuntimeRequest, Bool) {
        let flags = rest.removeFirst()
        let method = text(), scheme = text(), host = text()
        let port = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
        let path = text(), queryString = text(), url = text()
        let query = pairs(), headers = pairs()
        let request = RuntimeRequest(
            bodyBinary: Data(rest), headers: headers, method: method, url: url, scheme: scheme, host: host, port: port,
            path: path, queryString: queryString, query: query)
        return (request, flags & 1 != 0)
    }
}
