import AsyncHTTPClient
import EmbeddedPostgres
import Foundation
import NIOCore
import NIOHTTP1
import Rehearsal

/// The program `console` as it is installed, on the generated hub.
final class ConsoleServer: Sendable {
    /// Where browsers find it.
    let address: String
    private let health: String
    private let process = Process()
    private let log: URL

    /// Starts the executable beside this one; returns when it is ready.
    ///
    /// - Parameters:
    ///   - databaseURL: of its login.
    ///   - log: takes what it says.
    static func start(databaseURL: String, log: URL) async throws -> ConsoleServer {
        let server = try ConsoleServer(databaseURL: databaseURL, log: log)
        do {
            try await server.ready(within: .seconds(30))
            return server
        } catch {
            server.stop()
            throw error
        }
    }

    private init(databaseURL: String, log: URL) throws {
        let (port, healthPort) = (try FreePort.find(), try FreePort.find())
        address = "http://127.0.0.1:\(port)"
        health = "http://127.0.0.1:\(healthPort)"
        self.log = log
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        process.executableURL = ProgramFolder.ofThisProgram().appending(path: "console")
        process.arguments = ["--http-port", "\(healthPort)", "--console-port", "\(port)", "--log-level", "warning"]
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("TRUNKLINE_") }
            .merging(["TRUNKLINE_DATABASE_URL": databaseURL]) { _, given in given }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try output.close()
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// The end of what it said.
    var lastWords: String {
        ((try? String(contentsOf: log, encoding: .utf8)) ?? "").split(separator: "\n").suffix(5).joined(separator: "\n")
    }

    /// A figure of its own; nil when it has none of that name.
    func figure(_ name: String) async throws -> Double? {
        let text = try await page("/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        return line?.split(separator: " ").last.flatMap { Double($0) }
    }

    private func ready(within limit: Duration) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while clock.now < deadline {
            guard process.isRunning else { throw BenchError("console ended by itself:\n\(lastWords)") }
            if let answer = try? await page("/health/ready"), answer.status == 200 { return }
            try await clock.sleep(for: .milliseconds(50))
        }
        throw BenchError("console was not ready within \(limit):\n\(lastWords)")
    }

    private func page(_ path: String) async throws -> (status: UInt, text: String) {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: health + path), timeout: .seconds(5))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 4 << 20)))
    }
}
