import EmbeddedPostgres
import Foundation
import Postgres
import Routing
import TestSupport

/// The program itself, as a process whose memory can be looked at.
final class RouterProcess: Sendable {
    let port: Int
    let healthPort: Int
    let key: String
    private let process: Process
    private let log: URL

    /// Runs `body` with a router on the suite's database, then ends it.
    static func run(_ settings: [String: String] = [:], _ body: (RouterProcess) async throws -> Void) async throws {
        let database = try TestDatabase.current.connect()
        let (tenant, _, key) = try await TestRouter.makeTenant(rules: TestRouter.rules, on: database)
        try await RouterFixtures.known(database, tenant)
        let router = try RouterProcess(key: key, settings)
        do {
            try await eventually("the router answers") { (try? await router.ask("+358401234567"))?.status == 200 }
            try await body(router)
        } catch {
            try? await router.end()
            throw error
        }
        try await router.end()
        await database.close()
    }

    private init(key: String, _ settings: [String: String]) throws {
        (port, healthPort) = (try FreePort.find(), try FreePort.find())
        self.key = key
        log = FileManager.default.temporaryDirectory.appending(path: "router-\(UUID()).log")
        try Data().write(to: log)
        var arguments = [
            "--database-url", try TestDatabase.current.url, "--threads", "1", "--http-port", "\(healthPort)", "--route-port",
            "\(port)",
            // A deadline that also a machine keeps that has much else to do.
            "--route-deadline", "5s", "--log-level", "error",
        ]
        for (name, value) in settings { arguments += ["--route-\(name)", value] }
        process = Process()
        process.executableURL = URL(filePath: try BuiltProgram.path("router"))
        process.arguments = arguments
        process.standardOutput = try FileHandle(forWritingTo: log)
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
    }

    private func end() async throws {
        process.terminate()
        try await process.ended()
        try? FileManager.default.removeItem(at: log)
    }

    var isRunning: Bool { process.isRunning }
    /// Zero when it ended by itself or was told to, and did so in order.
    func exitStatus() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
    func terminate() { process.terminate() }

    /// Bytes of memory it has.
    var memory: Int {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }

    func ask(_ anum: String) async throws -> TestRouter.Answer {
        let body = "{\"anum\":\"\(anum)\",\"bnum\":\"+35893100500\"}"
        let client = try await RawClient.connect(port: port)
        try await client.send(
            "POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(key)\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        guard let answer = TestRouter.answers(try await client.readToEnd()).first else { throw TestRouter.NoAnswer() }
        return answer
    }
}
