import AsyncHTTPClient
import EmbeddedPostgres
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

/// The program as it is installed: its executable, its configuration, TLS.
@Suite(.databaseEach) struct ConsoleProgramTests {
    private func run(_ arguments: [String], _ body: (_ port: Int, _ health: Int, Process) async throws -> Void) async throws {
        let (port, health) = (try FreePort.find(), try FreePort.find())
        let database = try TestDatabase.current.connect()
        // The login that a DBA makes for it, and no more.
        let login = "console_\(UUID().uuidString.prefix(8).lowercased())"
        try await database.withConnection {
            try await $0.run(script: "CREATE ROLE \(login) LOGIN PASSWORD 'open' IN ROLE trunkline_console")
        }
        await database.close()
        let name = String(try TestDatabase.current.url.split(separator: "/").last ?? "")
        let url = try await TestCluster.shared.server().connectionString(database: name, user: login, password: "open")
        let process = Process()
        process.executableURL = URL(filePath: try BuiltProgram.path("console"))
        process.arguments =
            ["--database-url", url, "--http-port", "\(health)", "--console-port", "\(port)", "--log-level", "error"]
            + arguments
        process.standardOutput = FileHandle.standardError
        try process.run()
        do {
            try await body(port, health, process)
        } catch {
            process.terminate()
            try? await process.ended()
            throw error
        }
        process.terminate()
        try await process.ended()
        #expect(process.terminationStatus == 0)
    }

    private func status(_ url: String, _ client: HTTPClient = .shared) async throws -> (UInt, String) {
        let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    @Test func `it starts, is ready, signs somebody in, shows figures and stops in order`() async throws {
        try await run([]) { port, health, _ in
            try await eventually("ready") { (try? await status("http://127.0.0.1:\(health)/health/ready").0) == 200 }
            let database = try TestDatabase.current.connect()
            _ = try await OperatorAccountStore(database: database).add(
                name: "chief", role: .administrator, password: try PasswordHash(of: TestConsole.password, cost: .least),
                who: "test")
            let browser = TestBrowser(address: "http://127.0.0.1:\(port)")
            #expect(try await browser.signIn("chief", TestConsole.password).status == 303)
            for page in ConsoleFeatures.pages where !page.path.contains(":") {
                // A page that needs a tenant says so where there is none.
                let status = try await browser.get(page.path).status
                #expect(status == 200 || status == 409, "\(page.path): \(status)")
            }
            let metrics = try await status("http://127.0.0.1:\(health)/metrics").1
            #expect(metrics.contains("trunkline_console_signins_total{result=\"password\"} 1"))
            #expect(metrics.contains("trunkline_console_request_seconds_count{method=\"GET\",route=\"/\",status=\"200\"}"))
            #expect(metrics.contains("trunkline_console_live 0"))
            let seen = try await database.query(Statement("", "SELECT count(*) FROM hub.instance WHERE program = 'console'"))[0]
                .decode(Int64.self)
            #expect(seen == 1)
            await database.close()
        }
    }

    @Test func `with a certificate pages come by TLS, and cookies stay there`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "console-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.appending(path: "c.pem"), folder.appending(path: "k.pem"))
        try Data(TestCertificates.first.utf8).write(to: certificate)
        try Data(TestCertificates.firstKey.utf8).write(to: key)
        try await run(["--console-certificate-file", certificate.path(), "--console-key-file", key.path()]) { port, health, _ in
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array((TestCertificates.first + "\n" + TestCertificates.second).utf8)))
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
            do {
                try await eventually("it serves") { (try? await status("https://localhost:\(port)/sign-in", client).0) == 200 }
                let response = try await client.execute(
                    HTTPClientRequest(url: "https://localhost:\(port)/sign-in"), timeout: .seconds(10))
                _ = try await response.body.collect(upTo: 1 << 20)
                #expect(response.headers.first(name: "strict-transport-security") != nil)
                let cookie = response.headers.first(name: "set-cookie") ?? ""
                #expect(cookie.hasPrefix("__Host-trunkline-visitor=") && cookie.contains("; Secure"))
                let metrics = try await status("http://127.0.0.1:\(health)/metrics").1
                #expect(metrics.contains("trunkline_certificate_expiry_timestamp_seconds{certificate=\"console\"}"))
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
        }
    }

    @Test(arguments: [
        (["--console-key-file", "KEY"], "console.key_file"),
        (["--console-certificate-file", "CERTIFICATE"], "console.certificate_file"),
        (["--console-trusted-proxies", "nonsense"], "console.trusted_proxies"),
        (["--console-public-url", "https://a.example/console"], "console.public_url"),
        (["--console-oidc-issuer", "https://a.example"], "console.oidc.issuer"),
        (["--console-oidc-issuer", "http://a.example", "--console-oidc-client-id", "c"], "console.oidc.issuer"),
    ])
    func `a configuration that can't work ends it with the reason`(arguments: [String], key: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "console-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(TestCertificates.first.utf8).write(to: folder.appending(path: "c.pem"))
        try Data(TestCertificates.firstKey.utf8).write(to: folder.appending(path: "k.pem"))
        let process = Process()
        process.executableURL = URL(filePath: try BuiltProgram.path("console"))
        process.arguments =
            ["--database-url", "postgresql://127.0.0.1:1/none", "--http-port", "0", "--console-port", "0"]
            + arguments.map {
                $0 == "KEY"
                    ? folder.appending(path: "k.pem").path() : $0 == "CERTIFICATE" ? folder.appending(path: "c.pem").path() : $0
            }
        process.environment = ["TRUNKLINE_CONSOLE_OIDC_CLIENT_SECRET": "s"]
        let errors = folder.appending(path: "errors")
        try Data().write(to: errors)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        try await process.ended()
        let text = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        #expect(process.terminationStatus == 78)
        #expect(text.contains(key), "\(text)")
    }
}
