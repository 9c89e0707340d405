import Foundation
import TestSupport
import Testing

/// What scripts rely on: exit codes, one line on standard error, nothing on standard output.
@Suite struct ExitCodeTests {
    @Test(arguments: [
        ["nonsense"], ["settings", "set"], ["jobs", "list", "--state", "odd"],
        ["backfill", "start", "--from", "yesterday", "--to", "2026-01-01"],
        ["backfill", "start", "--from", "2026-02-01", "--to", "2026-01-01"], ["jobs", "retry"], ["jobs", "retry", "1", "--dead"],
        ["migrate", "--sql"], ["tenants", "add", "Has Spaces"], ["tenants", "add", "demo", "--region", "nld"],
        ["tenants", "add", "demo", "--region", "XX"], ["tenants", "region", "demo", "QQ"],
        ["callbacks", "list", "--state", "odd"],
    ])
    func `wrong usage ends with 64`(arguments: [String]) async throws {
        let run = try await CommandRun.of(arguments, database: "postgresql://nobody@127.0.0.1:1/none")
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(!run.errors.isEmpty)
    }

    @Test func `no database named anywhere ends with 78 and says how to name one`() async throws {
        let run = try await CommandRun.of("tenants")
        #expect(run.status == 78)
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.errors.contains("TRUNKLINE_DATABASE_URL"))
    }

    @Test func `a configuration file that is not there ends with 78 and names it`() async throws {
        let run = try await CommandRun.of("tenants", "--config", "/nowhere/trunkline.yaml")
        #expect(run.status == 78)
        #expect(run.errors.contains("/nowhere/trunkline.yaml"))
    }

    @Test func `an unknown key of the configuration file ends with 78 and names file and line`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "trunkline-\(UUID().uuidString).yaml")
        try Data("database:\n  url: postgresql://nobody@127.0.0.1:1/none\n  colour: blue\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let run = try await CommandRun.of("tenants", "--config", file.path())
        #expect(run.status == 78)
        #expect(run.errors.contains("\(file.path()):3"))
    }

    @Test func `a server that can't be reached ends with 1 and one line`() async throws {
        let run = try await CommandRun.of("tenants", "--database", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [["--help"], ["help", "why"], ["settings", "set", "--help"], ["--version"]])
    func `help and version go to standard output and end with 0`(arguments: [String]) async throws {
        let run = try await CommandRun.of(arguments)
        #expect(run.status == 0)
        #expect(!run.output.isEmpty)
        #expect(run.errors.isEmpty)
    }
}
