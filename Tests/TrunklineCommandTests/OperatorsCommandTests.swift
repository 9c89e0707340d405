import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import TrunklineCommand

/// `trunkline operators`, as the executable.
@Suite(.database) struct OperatorsCommandTests {
    private func run(_ arguments: [String], input: String = "") async throws -> (status: Int32, out: String, err: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "operators-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["in", "out", "err"].map { folder.appending(path: $0) }
        try Data(input.utf8).write(to: files[0])
        for file in files[1...] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: try BuiltProgram.path("trunkline"))
        process.arguments = ["operators"] + arguments + ["--database", try TestDatabase.current.url]
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        try await process.ended()
        let texts = try files[1...].map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return (process.terminationStatus, texts[0], texts[1])
    }

    @Test func `operators are added, changed and disabled, and one administrator stays`() async throws {
        #expect(try await run(["add", "chief", "--role", "administrator"], input: "a long first password\n").status == 0)
        #expect(try await run(["add", "night", "--role", "viewer"], input: "another long password\n").status == 0)
        let again = try await run(["add", "CHIEF", "--role", "viewer"], input: "a long first password\n")
        #expect(again.status == 1 && again.err.contains("there is an operator CHIEF already"))
        #expect(try await run(["role", "night", "operator"]).status == 0)
        let last = try await run(["role", "chief", "viewer"])
        #expect(last.status == 1 && last.err.contains("no administrator who can sign in"))
        #expect(try await run(["disable", "chief"]).status == 1)
        #expect(try await run(["role", "night", "administrator"]).status == 0)
        #expect(try await run(["disable", "chief"]).status == 0)
        #expect(try await run(["password", "night"], input: "a third long password\n").status == 0)
        let list = try await run(["list", "--format", "json"]).out
        #expect(list.contains("\"night\"") && list.contains("\"disabled\"") && !list.contains("scrypt"))
        let database = try TestDatabase.current.connect()
        let hash = try await database.query(Statement("", "SELECT password FROM hub.operator WHERE name = 'night'"))[0].decode(
            String.self)
        #expect(hash.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(try #require(PasswordHash(hash)).fits("a third long password"))
        let actions = try await database.query(
            Statement("", "SELECT action FROM hub.operator_action WHERE action LIKE 'operators.%' ORDER BY action_id")
        ).map { try $0.decode(String.self) }
        #expect(
            actions == [
                "operators.add", "operators.add", "operators.role", "operators.role", "operators.disable", "operators.password",
            ])
        let kept = try await database.query(
            Statement("", "SELECT count(*) FROM hub.operator_action WHERE detail::text LIKE '%long%'"))[0].decode(Int64.self)
        #expect(kept == 0)
        await database.close()
    }

    @Test(arguments: ["", "short\n", "aaaaaaaaaaaaaaaaaa\n", "this has weak-name in it\n"]) func `a weak password is not taken`(
        input: String
    ) async throws {
        let answer = try await run(["add", "weak-name", "--role", "viewer"], input: input)
        #expect(answer.status == 64)
        #expect(answer.err.contains("a password"))
    }

    @Test func `a password is never an argument`() async throws {
        #expect(try await run(["add", "x", "--role", "viewer", "--password", "a long first password"]).status == 64)
    }
}
