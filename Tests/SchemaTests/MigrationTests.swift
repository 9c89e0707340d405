import Foundation
import Testing

@testable import Schema

@Suite struct MigrationTests {
    @Test func `reads number and name from the file's name`() throws {
        let migration = try #require(Migration(fileName: "0012_call_notes.sql", sql: "SELECT 1;"))
        #expect(migration.version == 12)
        #expect(migration.name == "call_notes")
    }

    @Test(arguments: ["12_notes.sql", "0012notes.sql", "0012_notes.txt", "notes.sql", "0000_zero.sql", "00a1_x.sql", "0012_.sql"])
    func `refuses a file's name of another form`(name: String) {
        #expect(Migration(fileName: name, sql: "") == nil)
    }

    @Test func `the checksum is the SHA-256 of the text`() {
        #expect(
            Migration(version: 1, name: "a", sql: "abc").checksum
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    /// A build that did not notice a new or changed file would test, and ship, an old schema.
    @Test func `the program carries exactly the files of sql-migrations`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../sql/migrations").standardizedFileURL
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }.sorted()
        #expect(EmbeddedMigrations.files.map(\.name) == names, "touch Package.swift and build again")
        for file in EmbeddedMigrations.files {
            let text = try String(contentsOf: folder.appending(path: file.name), encoding: .utf8)
            #expect(file.text == text, "\(file.name) is not what was built in: touch Package.swift and build again")
        }
    }
}
