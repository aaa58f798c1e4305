// The Swift worker: it answers the gateway's requests with one function (docs/worker-protocol.md). The image holds it
// compiled, as the module FunctionRuntime.

import Dispatch
import Glibc
import Traces

public typealias Function = (Request, Response) async throws -> Response

private let modeShared: UInt8 = 2
private let concurrency: UInt32 = 32
private let usageError: Int32 = 64

/// Serves requests with the function until the gateway closes the connection.
public func run(_ function: @escaping Function) -> Never {
    guard let path = getenv("RUNTIME_SOCKET") else {
        fputs("runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there\n", stderr)
        exit(usageError)
    }
    guard let wire = Wire(path: String(cString: path)) else {
        perror("runtime: no connection to the gateway")
        exit(1)
    }
    unsetenv("RUNTIME_SOCKET")
    keep_little()
    setvbuf(stdout, nil, _IOLBF, 0)
    traces_watch()
    wire.write(frame(.ready, 0, [modeShared], bigEndian(concurrency)))
    let worker = Worker(wire: wire, function: function, turns: Turns(mostIdle: Int(concurrency)))
    worker.start()
    dispatchMain()  // for what is bound to the main actor
}

/// What all threads share. Requests run at the same time; what they share is the function's to guard.
private struct Worker: @unchecked Sendable {
    let wire: Wire
    let function: Function
    /// At reading.
    let turns: Turns

    /// Starts one more thread that serves requests. Without one that reads nothing can be answered: the worker ends, and the
    /// gateway hands the requests which have not started to a fresh one.
    func start() {
        let failure = startThread(work)
        if failure != 0 && turns.arrive() == 0 {
            fputs("runtime: no thread for a request: \(String(cString: strerror(failure)))\n", stderr)
            _exit(1)
        }
    }

    /// Serves requests, one after the other. As many threads do that as requests run, and one that waits for the next.
    @Sendable func work() {
        let bell = DispatchSemaphore(value: 0)
        traces_enter()
        turns.arrive()
        while turns.take(bell) {
            let (id, body) = nextRequest()
            for _ in 0..<turns.pass(wire.waiting()) { start() }
            answer(id, body)
            turns.finish()
        }
        traces_leave()
    }

    /// Takes frames off the connection until one is a request; at the connection's end this process ends.
    private func nextRequest() -> (UInt32, [UInt8]) {
        while let (kind, id, body) = wire.read() {
            switch kind {
            case .request: return (id, body)
            case .ping: wire.write(frame(.pong, id))
            default: break
            }
        }
        _exit(0)  // at once: functions that still run must not see what they use destroyed
    }

    /// Calls the function and says how it ended.
    private func answer(_ id: UInt32, _ body: [UInt8]) {
        var reader = Reader(rest: body[...])
        let request = reader.request()
        wire.write(frame(.started, id))
        let queue = JobQueue()
        Task(executorPreference: queue) {
            let end: [UInt8]
            do {
                end = try await function(request, Response()).frame(id)
            } catch {
                end = errorFrame(id, describe(error))
            }
            queue.finish(end)
        }
        wire.write(queue.run())
        traces_forget()
    }
}
