import EmbeddedPostgres
import Foundation
import Rehearsal

/// A server process that is measured.
final class Server {
    private let process = Process()
    let port: Int
    /// The process that answers.
    var worker: Int32

    init(_ executable: URL, _ arguments: [String], port: Int, log: URL) throws {
        self.port = port
        worker = 0
        _ = FileManager.default.createFile(atPath: log.path(), contents: nil)
        let handle = try FileHandle(forWritingTo: log)
        process.executableURL = executable
        process.arguments = arguments
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        worker = process.processIdentifier
    }

    deinit { stop() }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    var isRunning: Bool { process.isRunning }

    /// Seconds of processor time.
    var cpu: Double {
        guard let text = try? String(contentsOfFile: "/proc/\(worker)/stat", encoding: .utf8), let end = text.lastIndex(of: ")")
        else { return 0 }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Bytes of memory in use.
    var memory: Int { Self.memory(of: worker) }

    static func memory(of process: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }

    /// The child of the process: nginx's master starts the worker that answers.
    func measureChild() {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for id in all.compactMap({ Int32($0) }) {
            guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8), let end = text.lastIndex(of: ")")
            else { continue }
            let fields = text[text.index(after: end)...].split(separator: " ")
            if fields.count > 1, Int32(fields[1]) == process.processIdentifier { worker = id }
        }
    }

    /// Waits until a question gets its answer.
    func answers(_ question: Question, within seconds: Double = 120) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(seconds)
        while clock.now < deadline {
            guard isRunning else { throw BenchError("a server ended by itself") }
            if let outcome = try? await Load(port: port, questions: [question]).closed(connections: 1, seconds: 0.05),
                outcome.flaw == nil
            {
                return
            }
            try await clock.sleep(for: .milliseconds(100))
        }
        throw BenchError("a server did not answer \(question.status) within \(seconds) s")
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
