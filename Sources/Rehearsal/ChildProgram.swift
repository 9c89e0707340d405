import Foundation
import Synchronization

/// One program of ours, run as a process of its own with its output in a file.
final class ChildProgram: Sendable {
    let name: String
    let log: URL
    private let process: Process
    private let ended = Mutex(Ending())

    private struct Ending {
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    /// Starts the program; it is killed with us, through the leash.
    ///
    /// - Parameters:
    ///   - prefix: a command that becomes the program it is given, with its arguments: `ip netns exec …`, `setpriv …`.
    ///   - input: what it reads from its standard input; a few lines at most.
    init(
        _ name: String, executable: URL, arguments: [String], environment: [String: String] = [:], prefix: [String] = [],
        input: String? = nil, log: URL, leash: Leash
    ) throws {
        self.name = name
        self.log = log
        if !FileManager.default.fileExists(atPath: log.path()) { try Data().write(to: log) }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        process = Process()
        let words = prefix + [executable.path()] + arguments
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("TRUNKLINE_") }
            .merging(environment) { _, given in given }
        let typed = input.map { _ in Pipe() }
        process.standardInput = typed ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        process.terminationHandler = { [weak self] process in self?.finish(process.terminationStatus) }
        try process.run()
        leash.hold(process.processIdentifier)
        try output.close()
        if let typed, let input {
            try typed.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try typed.fileHandleForWriting.close()
        }
    }

    var identifier: Int32 { process.processIdentifier }

    var isRunning: Bool { ended.withLock { $0.status == nil } }

    /// SIGKILL: the end that nothing can prepare for.
    func kill() {
        guard isRunning else { return }
        _ = Foundation.kill(identifier, SIGKILL)
    }

    /// SIGTERM, and SIGKILL when the program has not ended within the limit.
    func stop(within limit: Duration = .seconds(15)) async {
        guard isRunning else { return }
        _ = Foundation.kill(identifier, SIGTERM)
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while isRunning, clock.now < deadline {
            try? await clock.sleep(for: .milliseconds(20))
        }
        kill()
        _ = await end()
    }

    /// Waits for the end; the exit status, or the number of the signal.
    func end() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = ended.withLock { ending -> Int32? in
                if ending.status == nil { ending.waiters.append(continuation) }
                return ending.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    /// What the program has written so far, last lines first cut to a bearable length.
    func lastWords(_ count: Int = 15) -> String {
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(count).joined(separator: "\n")
    }

    private func finish(_ status: Int32) {
        let waiters = ended.withLock { ending in
            ending.status = status
            defer { ending.waiters = [] }
            return ending.waiters
        }
        waiters.forEach { $0.resume(returning: status) }
    }
}
