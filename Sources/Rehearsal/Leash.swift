import Foundation

/// Ends the programs that we started when we end, however that comes.
///
/// A shell reads a pipe whose writing end only we hold. Each line is a process to remember, or a command; at the end of the file it kills
/// the processes, runs the commands, and removes what was only there for them.
final class Leash: Sendable {
    private let pipe = Pipe()
    private let shell = Process()

    /// - Parameter folder: a folder to remove at the end; nil removes none.
    init(removing folder: URL? = nil) throws {
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = [
            "-c",
            """
            trap '' INT TERM HUP
            held=""
            commands=":"
            while read -r what rest; do
                if [ "$what" = run ]; then commands="$commands; $rest"; else held="$held $what"; fi
            done
            [ -z "$held" ] || kill -9 $held 2>/dev/null
            eval "$commands"
            [ -z "$FOLDER_TO_REMOVE" ] || rm -rf "$FOLDER_TO_REMOVE"
            """,
        ]
        shell.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "FOLDER_TO_REMOVE": folder?.path() ?? ""]
        shell.standardInput = pipe
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try shell.run()
    }

    func hold(_ process: Int32) {
        try? pipe.fileHandleForWriting.write(contentsOf: Data("\(process)\n".utf8))
    }

    /// Runs a shell command of one line when all that is held is killed.
    func atEnd(run command: String) {
        try? pipe.fileHandleForWriting.write(contentsOf: Data("run \(command)\n".utf8))
    }

    /// Kills what is still held, runs the commands, and removes the folder.
    func release() {
        try? pipe.fileHandleForWriting.close()
        shell.waitUntilExit()
    }
}
