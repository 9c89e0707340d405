import Foundation

/// A shell command that is run once the test process has ended, however it ends: what it holds for good is given back by nobody else.
enum Aftermath {
    /// - Returns: what holds the command off; keep it for as long as the process lives.
    static func run(_ command: String, _ arguments: [String] = []) throws -> FileHandle {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // The shell sees the end of a pipe that only we hold.
        process.arguments = ["-c", "trap '' INT TERM HUP; cat >/dev/null\n\(command)", "sh"] + arguments
        process.currentDirectoryURL = URL(filePath: "/")
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        return pipe.fileHandleForWriting
    }
}
