import AsyncHTTPClient
import EmbeddedPostgres
public import Foundation
import NIOCore
import NIOHTTP1

/// One running program of the hub.
public final class Instance: Sendable {
    public let number: Int
    /// Where health and metrics are served.
    public let port: Int
    public let host: String
    /// Where the console serves its pages; nil of other programs.
    let pagesPort: Int?
    let kind: HubProgram
    private let program: ChildProgram

    init(
        _ kind: HubProgram = .callSync, number: Int, folder: URL, programs: URL, leash: Leash, site: ProgramSite = .here
    ) throws {
        self.number = number
        self.kind = kind
        self.port = try FreePort.find()
        self.host = site.host
        self.pagesPort = kind == .console ? try FreePort.find() : nil
        let pages = pagesPort.map { ["--console-host", site.host, "--console-port", "\($0)"] } ?? []
        let url = site.server.map { ["TRUNKLINE_DATABASE_URL": HubDatabase.url(of: kind.login, on: $0)] }
        self.program = try ChildProgram(
            "\(kind.rawValue) \(number)", executable: programs.appending(path: kind.rawValue),
            arguments: [
                "--config", folder.appending(path: "\(kind.rawValue).yaml").path(), "--http-host", host, "--http-port", "\(port)",
            ] + pages,
            environment: url ?? [:], prefix: site.prefix, log: folder.appending(path: "\(kind.rawValue)-\(number).log"),
            leash: leash)
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
            guard isRunning else { throw RehearsalError("\(kind.rawValue) \(number) ended:\n\(program.lastWords())") }
            if let answer = try? await page("/health/ready") {
                if answer.status == 200 { return }
                last = answer.text
            }
            try await clock.sleep(for: .milliseconds(20))
        }
        throw RehearsalError("\(kind.rawValue) \(number) was not ready within \(limit): \(last)")
    }

    /// One of its pages.
    public func page(_ path: String) async throws -> (status: Int, text: String) {
        let request = HTTPClientRequest(url: "http://\(host):\(port)\(path)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        let body = try await response.body.collect(upTo: 4 << 20)
        return (Int(response.status.code), String(buffer: body))
    }
}
