// Processes, signals and files.
import Foundation

private let names: [Int32: String] = [
    EACCES: "EACCES", EPERM: "EPERM", ENOSPC: "ENOSPC", ENOENT: "ENOENT", ESRCH: "ESRCH", EROFS: "EROFS",
]
private let signals: [String: Int32] = ["SIGKILL": SIGKILL, "SIGTERM": SIGTERM, "SIGSTOP": SIGSTOP]

/// The name of the system's last error.
private var lastError: String { names[errno] ?? "\(errno)" }

func processes(_ name: String, _ context: RuntimeContext, _ given: Given) throws -> RuntimeOutput {
    let res = context.res
    let path = given.text("path", "")
    switch name {
    case "child":
        child(given.text("command", ""))
        return res.text("ended")
    case "spin":
        context.log("before")
        while true {}
    case "exit":
        context.log("before")
        exit(Int32(given.number("code", 0)))
    case "abort":
        context.log("before")
        abort()
    case "signal":
        let target = given.text("pid", "") == "parent" ? getppid() : pid_t(given.number("pid", Int(getpid())))
        let said = kill(target, signals[given.text("name", "")]!) == 0 ? "sent" : lastError
        usleep(50_000)
        return res.text(said)
    case "environment": return try res.json(ProcessInfo.processInfo.environment)
    case "identity":
        var groups = [gid_t](repeating: 0, count: 64)
        groups = Array(groups.prefix(max(0, Int(getgroups(64, &groups)))))
        let folder = FileManager.default.currentDirectoryPath
        return try res.json(["user": getuid(), "group": getgid(), "groups": groups, "folder": folder])
    case "read":
        guard let file = fopen(path, "r") else { return res.text(lastError, statusCode: 403) }
        defer { fclose(file) }
        var content = Data()
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while case let size = fread(&block, 1, block.count, file), size > 0 { content += block[..<size] }
        return ferror(file) == 0 ? res.binary(content) : res.text(lastError, statusCode: 403)
    case "write":
        guard let file = fopen(path, "a") else { return res.text(lastError, statusCode: 403) }
        fputs(given.text("text", ""), file)
        return fclose(file) == 0 ? res.text("written") : res.text(lastError, statusCode: 403)
    case "fill": return res.text(fill(path, given.number("mib", 0)))
    default: throw NoSuchAction(name: name)
    }
}

/// Runs a command of the shell whose output is this function's own. Foundation's Process would wait for what that leaves behind, too.
func child(_ command: String) {
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(command), nil]
    defer { arguments.forEach { free($0) } }
    var pid = pid_t()
    guard posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, environ) == 0 else { return }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
}

/// The SHA-256 of bytes; Foundation has none.
func sha256(_ bytes: Data) throws -> String {
    let process = Process(), input = Pipe(), output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: bytes)
    try input.fileHandleForWriting.close()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: said.prefix(64), as: UTF8.self)
}

/// Writes until the folder takes no more, at most so many MiB; keeps nothing.
private func fill(_ path: String, _ mib: Int) -> String {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { return lastError }
    defer {
        close(file)
        unlink(path)
    }
    let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    for _ in 0..<mib where write(file, block, block.count) < 0 { return lastError }
    return "written"
}
