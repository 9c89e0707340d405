import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import Sandbox
import TestSupport
import Testing

@Suite struct TransportTests {
    @Test func `A throw-away authority signs a certificate that clients can check`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sandbox-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withSandbox({ $0.tls = .selfSigned(folder: folder) }) { sandbox in
            let addresses = sandbox.server.addresses
            #expect(addresses.enreach.hasPrefix("https://"))
            #expect(addresses.admin.hasPrefix("http://"))
            let authority = try #require(addresses.ca)
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(authority)
            let client = HTTPClient(
                eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(tlsConfiguration: tls))
            let trusting = SandboxUnderTest(server: sandbox.server, client: client)
            let answer = try await trusting.get(addresses.enreachDiscovery + "/api/user?user=integration@demo.example")
            #expect(answer.array.first?["apiEndpoint"] as? String == addresses.enreach + "/")
            let metadata = try await trusting.get(addresses.authority + "/demo.example/v2.0/.well-known/openid-configuration")
            #expect(metadata.status == 200)
            await #expect(throws: (any Error).self) { _ = try await sandbox.get(addresses.enreachDiscovery + "/api/user?user=x") }
            try await client.shutdown()
        }
    }

    @Test func `The program serves with the certificate and key it is given`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sandbox-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.appending(path: "server.pem"), folder.appending(path: "server.key"))
        try Data(TestCertificates.first.utf8).write(to: certificate)
        try Data(TestCertificates.firstKey.utf8).write(to: key)

        let program = Process()
        program.executableURL = URL(filePath: try BuiltProgram.path("sandbox"))
        program.arguments = ["serve", "--tls-certificate", certificate.path(), "--tls-key", key.path()]
        let said = folder.appending(path: "said")
        try Data().write(to: said)
        program.standardOutput = try FileHandle(forWritingTo: said)
        try program.run()
        defer { kill(program.processIdentifier, SIGKILL) }
        var addresses: [String: Any] = [:]
        try await eventually("it says where it is found") {
            addresses = (try? JSONSerialization.jsonObject(with: Data(contentsOf: said))) as? [String: Any] ?? [:]
            return !addresses.isEmpty
        }

        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(certificate.path())
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(tlsConfiguration: tls))
        for name in ["enreach", "dataverse", "authority"] {
            let address = try #require(addresses[name] as? String)
            #expect(address.hasPrefix("https://"))
            // Any status will do: the handshake is what it is about.
            _ = try await client.execute(HTTPClientRequest(url: address), timeout: .seconds(30))
        }
        try await client.shutdown()
    }

    @Test func `A certificate that can't be read is told in words`() async throws {
        var configuration = SandboxConfiguration()
        configuration.tls = .files(certificate: "/nowhere/server.pem", key: "/nowhere/server.key")
        let failure = await #expect(throws: SandboxStartError.self) { _ = try await SandboxServer.start(configuration) }
        #expect(failure?.description.contains("/nowhere/server.pem") == true)
    }

    @Test func `A port in use is an error, and the other ports are closed again`() async throws {
        try await withSandbox { sandbox in
            var configuration = SandboxConfiguration()
            configuration.enreachPort = try #require(URL(string: sandbox.server.addresses.enreach)?.port)
            await #expect(throws: (any Error).self) { _ = try await SandboxServer.start(configuration) }
        }
    }

    @Test func `What was asked is told`() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.enreach("/users/\(UUID())")
            _ = try await sandbox.enreach("/users")
            let figures = try await sandbox.admin("GET", "/requests?last=1")
            #expect(figures.object["total"] as? Int == 2)
            let resources = figures.object["byResource"] as? [String: Int]
            #expect(resources?["enreach GET enreach/users/{id}"] == 1)
            #expect((figures.object["last"] as? [[String: Any]])?.count == 1)
        }
    }

    @Test func `The clock is bound, moved and skewed from the admin door`() async throws {
        try await withSandbox { sandbox in
            let bound = try await sandbox.admin("POST", "/clock", #"{"bind":"2026-03-04T09:30:00Z","enreachSkew":600}"#)
            #expect(bound.object["now"] as? String == "2026-03-04T09:30:00Z")
            let answer = try await sandbox.enreach("/users")
            #expect(answer.headers["date"] == "Wed, 04 Mar 2026 09:40:00 GMT")
            let moved = try await sandbox.admin("POST", "/clock", #"{"advance":90}"#)
            #expect(moved.object["now"] as? String == "2026-03-04T09:31:30Z")
        }
    }
}
