// Processes, signals, memory and files.

import Glibc

let mib = 1 << 20

/// What went wrong in the last call of the C library.
var lastError: ProbeError { ProbeError(String(cString: strerror(errno))) }

/// Takes the actions that concern the whole process.
func takePart(in action: String, _ res: Response, _ options: Options) throws -> Response {
    switch action {
    case "pid": return res.json(["pid": getpid()])
    case "uid": return res.json(["uid": getuid(), "gid": getgid()])
    case "environ": return res.json(environment())
    case "read": return res.send(String(decoding: try contents(options.text("path", "")), as: UTF8.self))
    case "exit": exit(Int32(options.number("code", 0)))
    case "abort":
        if case let line = options.text("line", ""), line != "", let begun = fopen("/tmp/begun", "a") {
            fputs(line + "\n", begun)
            fclose(begun)
        }
        abort()
    case "kill":
        guard kill(pid_t(options.number("pid", 0)), Int32(options.number("signal", 9))) == 0 else { throw lastError }
        return res.send("killed")
    case "spawn":
        return res.json(["pid": try startSleeper()])
    case "forks":
        let (started, error) = untilError(options.number("count", 200)) { _ = try startSleeper() }
        return res.json(["started": started, "error": error])
    case "descriptors":
        let (opened, error) = untilError(options.number("count", 100_000)) {
            guard open("/dev/null", O_RDONLY) >= 0 else { throw lastError }
        }
        return res.json(["opened": opened, "error": error])
    case "allocate":
        let held = (0..<options.number("mib", 1)).map { _ in [UInt8](repeating: UInt8(ascii: "x"), count: mib) }
        return res.send(held.isEmpty ? "nothing" : "allocated")
    case "fill":
        return try fill(res, options.text("path", "/tmp/filled"), options.number("mib", 1024))
    case "tamper":
        chdir("/")
        clearenv()
        setenv("TZ", "Pacific/Kiritimati", 1)
        return res.send("tampered")
    default:
        throw ProbeError("the probe knows no action \(action)")
    }
}

func environment() -> [String: String] {
    var pairs: [String: String] = [:]
    var at = environ
    while let line = at.pointee {
        let parts = String(cString: line).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        pairs[String(parts[0])] = String(parts[1])
        at += 1
    }
    return pairs
}

func contents(_ path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw lastError }
    defer { close(file) }
    var contents: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let size = read(file, &block, block.count)
        guard size >= 0 else { throw lastError }
        if size == 0 { return contents }
        contents += block[..<size]
    }
}

/// Leaves a process of its own behind.
func startSleeper() throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, 0x80)  // POSIX_SPAWN_SETSID: a session of its own
    var pid = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
    defer { arguments.forEach { free($0) } }
    let failure = posix_spawnp(&pid, "sleep", nil, &attributes, &arguments, environ)
    guard failure == 0 else { throw ProbeError(String(cString: strerror(failure))) }
    return pid
}

func fill(_ res: Response, _ path: String, _ size: Int) throws -> Response {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { throw lastError }
    defer { close(file) }
    let block = [UInt8](repeating: UInt8(ascii: "x"), count: mib)
    var written = 0
    let (_, error) = untilError(size) {
        let count = write(file, block, block.count)
        guard count >= 0 else { throw lastError }
        written += count
    }
    return res.json(["written": written, "error": error])
}

/// Does the work so many times, or until it fails; the error is its text.
func untilError(_ times: Int, _ work: () throws -> Void) -> (done: Int, error: String?) {
    for done in 0..<times {
        do { try work() } catch { return (done, "\(error)") }
    }
    return (times, nil)
}
