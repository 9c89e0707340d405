import AsyncHTTPClient
import EmbeddedPostgres
public import Foundation
import NIOCore
import NIOHTTP1

/// One running `call-sync`.
public final class Instance: Sendable {
    public let number: Int
    /// Where health and metrics are served.
    public let port: Int
    private let program: ChildProgram

    init(number: Int, configuration: URL, folder: URL, programs: URL, leash: Leash) throws {
        self.number = number
        self.port = try FreePort.find()
        self.program = try ChildProgram(
            "call-sync \(number)", executable: programs.appending(path: "call-sync"),
            arguments: ["--config", configuration.path(), "--http-port", "\(port)"],
            log: folder.appending(path: "call-sync-\(number).log"), leash: leash)
    }

    public var identifier: Int32 { program.identifier }
    public var isRunning: Bool { program.isRunning }
    public var log: URL { program.log }

    public func kill() { program.kill() }

    public func stop() async { await program.stop() }

    public func end() async -> Int32 { await program.end() }

    /// Waits until `/health/ready` answers 200.
    public func ready(within limit: Duration = .seconds(30)) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var last = "no answer"
        while clock.now < deadline {
            guard isRunning else { throw RehearsalError("call-sync \(number) ended:\n\(program.lastWords())") }
            if let answer = try? await page("/health/ready") {
                if answer.status == 200 { return }
                last = answer.text
            }
            try await clock.sleep(for: .milliseconds(20))
        }
        throw RehearsalError("call-sync \(number) was not ready within \(limit): \(last)")
    }

    /// One of its pages.
    public func page(_ path: String) async throws -> (status: Int, text: String) {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        let body = try await response.body.collect(upTo: 4 << 20)
        return (Int(response.status.code), String(buffer: body))
    }
}
