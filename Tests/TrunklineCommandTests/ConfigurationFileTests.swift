import Foundation
import Postgres
import TestSupport
import Testing

@testable import TrunklineCommand

/// Where the command has the programs' configuration from, and whose login it takes.
@Suite(.database) struct ConfigurationFileTests {
    private func inFolder(_ text: String, _ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "trunkline-place-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(text.utf8).write(to: folder.appending(path: "trunkline.yaml"))
        try Data(Data(repeating: 7, count: 32).base64EncodedString().utf8).write(to: folder.appending(path: "privacy"))
        try Data("another login's".utf8).write(to: folder.appending(path: "password"))
        try await body(folder)
    }

    private static let nowhere = "database: {url: 'postgresql://call_sync@127.0.0.1:1/none', password_file: password}\n"

    @Test func `the file in the folder it runs in is found, as the programs find it`() async throws {
        let url = try TestDatabase.current.url
        try await inFolder("database: {url: '\(url)'}\nprivacy: {key_file: privacy}\n") { (folder) async throws in
            let key = try await CommandRun.of(["erase", "public-key"], in: folder)
            #expect(key.status == 0 && key.output.count == 44, "\(key.errors)")
            #expect(try await CommandRun.of(["tenants", "list"], in: folder).status == 0)
            let other = try await CommandRun.of(
                ["erase", "public-key"], environment: ["TRUNKLINE_CONFIG": "gone.yaml"], in: folder)
            #expect(other.status == 78 && other.errors.contains("TRUNKLINE_CONFIG: there is no file gone.yaml"))
        }
    }

    @Test func `an operator's own login counts before a program's in the file, with nothing of that one's`() async throws {
        let url = try await OperatorLogin.url()
        try await inFolder(Self.nowhere) { (folder) async throws in
            #expect(try await CommandRun.of(["tenants", "list"], database: url, in: folder).status == 0)
            #expect(try await CommandRun.of(["tenants", "list", "--database", url], in: folder).status == 0)
            #expect(try await CommandRun.of(["tenants", "list"], in: folder).errors.contains("127.0.0.1"))
        }
    }

    @Test func `a file that was only found and can't be used stands in nobody's way, and is named where it is wanted`()
        async throws
    {
        let url = try await OperatorLogin.url()
        try await inFolder(Self.nowhere + "tenants: [{name: acme, colour: blue}]\n") { (folder) async throws in
            #expect(try await CommandRun.of(["tenants", "add", "acme"], database: url, in: folder).status == 0)
            let wanted = try await CommandRun.of(["dynamics", "check"], database: url, in: folder)
            #expect(wanted.status == 78 && wanted.errors.contains("trunkline.yaml:2: tenants.acme.colour"), "\(wanted.errors)")
            let doctor = try await CommandRun.of(["doctor"], database: url, in: folder)
            #expect(doctor.output.contains("skipped  credentials") && doctor.output.contains("tenants.acme.colour"))
            let named = try await CommandRun.of(["tenants", "list", "--config", "trunkline.yaml"], database: url, in: folder)
            #expect(named.status == 78 && named.errors.contains("tenants.acme.colour"))
        }
    }
}
