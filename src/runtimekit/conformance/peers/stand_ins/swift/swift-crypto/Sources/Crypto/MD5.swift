import Foundation

public enum Insecure {
    public enum MD5 {
        /// The sum of bytes, by the system's own program.
        public static func hash(data: Data) -> [UInt8] {
            let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            let process = Process(), output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/md5sum")
            process.arguments = [file.path]
            process.standardOutput = output
            try! data.write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            try! process.run()
            let digits = output.fileHandleForReading.readDataToEndOfFile().prefix(32)
            process.waitUntilExit()
            return stride(from: 0, to: 32, by: 2).map { UInt8(String(decoding: digits.dropFirst($0).prefix(2), as: UTF8.self), radix: 16)! }
        }
    }
}
