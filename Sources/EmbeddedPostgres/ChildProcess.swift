import Foundation

/// Runs one program to its end.
///
/// Foundation's `Process` notices the end of a child by a descriptor that grandchildren inherit, so it would wait for as long as a server
/// runs that the child started. This one waits for the child alone and gives it no descriptor but the standard three.
enum ChildProcess {
    /// - Returns: the exit status; 128 and the signal's number when a signal ended it.
    static func run(_ executable: URL, _ arguments: [String], complaintsTo file: URL) throws -> Int {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, file.path(), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        for descriptor in openDescriptors() where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)  // one that is not open any more is passed over
        }

        // From the root folder: the account may not be allowed into ours.
        let words = ["/usr/bin/env", "--chdir=/", executable.path()] + arguments
        let argumentPointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        let variables = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
        let environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { (argumentPointers + environment).forEach { free($0) } }

        var child = pid_t()
        let spawned = posix_spawn(&child, words[0], &actions, nil, argumentPointers, environment)
        guard spawned == 0 else {
            throw EmbeddedPostgresError("\(executable.path()) can't be started: \(String(cString: strerror(spawned)))")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw EmbeddedPostgresError("\(executable.lastPathComponent) was lost: \(errno)") }
        }
        let signal = status & 0x7F
        return signal == 0 ? Int((status >> 8) & 0xFF) : 128 + Int(signal)
    }

    /// Those of this process; the first thousand where that can't be told.
    private static func openDescriptors() -> [Int32] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return names.map { $0.compactMap { Int32($0) } } ?? Array(0..<1024)
    }
}
