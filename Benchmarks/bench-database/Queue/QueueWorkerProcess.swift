import Foundation
import Jobs
import Postgres
import ServiceLifecycle
import UnixSignals

/// A worker in a process of its own, with a handler that does nothing: this program again, by a hidden option.
struct QueueWorkerProcess {
    struct Noop: JobHandler {
        static let kind = "noop"
        let concurrency: Int
        func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults { .allDone() }
    }

    private let process: Process
    private let input: Pipe

    static func start(url: String, slots: Int = 8) throws -> QueueWorkerProcess {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["queue", "--worker-on", url, "--slots", "\(slots)"]
        let input = Pipe()
        process.standardInput = input
        try process.run()
        return QueueWorkerProcess(process: process, input: input)
    }

    /// Asks it to stop and waits for its end.
    func stop() {
        process.terminate()
        process.waitUntilExit()
        try? input.fileHandleForWriting.close()
    }

    /// What the child does: works until SIGTERM.
    static func main(url: String, slots: Int) async throws {
        let configuration = DatabaseConfiguration(url, applicationName: "bench worker")
        let database = Database(configuration, logger: QueueWorld.logger)
        let listener = Listener(configuration, logger: QueueWorld.logger)
        let worker = JobWorker(
            database: database, listener: listener, program: "bench", handlers: [Noop(concurrency: slots)],
            logger: QueueWorld.logger)
        try await ServiceGroup(
            configuration: .init(
                services: [.init(service: database), .init(service: listener), .init(service: worker)],
                gracefulShutdownSignals: [.sigterm], logger: QueueWorld.logger)
        ).run()
    }
}

enum Child {
    /// Runs a program to its end; throws with its last words when it fails.
    static func run(_ program: URL, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchError("\(program.lastPathComponent) failed: \(text.suffix(500))") }
    }
}
