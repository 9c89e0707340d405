import Foundation

/// A shell that waits for the end of our process, however it comes, and then stops the server.
///
/// It reads a pipe whose writing end only we hold: when we end, a kill included, it sees the end of the file.
final class Watchdog: Sendable {
    private let process: Process
    private let leash: Pipe

    init(tools: ServerTools, folder: URL, removesFolder: Bool) throws {
        let stop = tools.command(
            "pg_ctl", ["stop", "--pgdata", folder.appending(path: "data").path(), "--mode", "immediate", "--silent"])
        let script = """
            trap '' INT TERM HUP
            cat >/dev/null
            "$@" >/dev/null 2>&1
            [ -z "$FOLDER_TO_REMOVE" ] || rm -rf "$FOLDER_TO_REMOVE"
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script, "watchdog", stop.executable.path()] + stop.arguments
        process.environment = ["PATH": "/usr/bin:/bin", "FOLDER_TO_REMOVE": removesFolder ? folder.path() : ""]
        process.currentDirectoryURL = URL(filePath: "/")
        let leash = Pipe()
        process.standardInput = leash
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        // Children that we start later must not hold the writing end, or our end would go unnoticed.
        _ = fcntl(leash.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        self.process = process
        self.leash = leash
    }

    /// Lets it do its work now, and waits for it.
    func end() {
        try? leash.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
