import EmbeddedPostgres
import Foundation
import Testing

@Suite struct EmbeddedPostgresTests {
    @Test func `a server starts, survives a crash and leaves nothing behind`() async throws {
        let server = try await EmbeddedPostgres.start()
        #expect(try query(server, "SELECT 1 + 1") == "2")
        #expect(try query(server, "CREATE TABLE kept AS SELECT 7 AS n; SELECT n FROM kept") == "SELECT 1\n7")

        try await server.interrupt(.immediate)
        #expect(throws: (any Error).self) { try query(server, "SELECT 1") }
        try await server.resume()
        #expect(try query(server, "SELECT n FROM kept") == "7")

        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: server.folder.path()))
        await server.stop()
    }

    @Test func `a folder that holds a cluster is refused`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "embedded-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try await EmbeddedPostgres.start(in: folder, durable: false)
        await server.stop()
        #expect(FileManager.default.fileExists(atPath: folder.path()))
        await #expect(throws: EmbeddedPostgresError.self) { try await EmbeddedPostgres.start(in: folder) }
    }

    @Test func `a kept cluster is opened again with what is in it`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "embedded-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try await EmbeddedPostgres.start(in: folder, durable: false)
        _ = try query(first, "CREATE TABLE kept AS SELECT 7 AS n")
        await first.stop()
        let second = try await EmbeddedPostgres.reopen(folder, password: first.password, settings: ["work_mem": "7MB"])
        #expect(try query(second, "SELECT n, current_setting('work_mem') FROM kept") == "7|7MB")
        await second.stop()
        #expect(FileManager.default.fileExists(atPath: folder.path()))
    }

    @Test func `a folder without a cluster is not opened`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "embedded-\(UUID().uuidString.prefix(8))")
        await #expect(throws: EmbeddedPostgresError.self) { try await EmbeddedPostgres.reopen(folder, password: "any") }
    }

    private func query(_ server: EmbeddedPostgres, _ sql: String) throws -> String {
        let process = Process()
        process.executableURL = server.binaries.appending(path: "psql")
        process.arguments = ["--no-psqlrc", "-Atc", sql, server.connectionString()]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
