import ArgumentParser
import Foundation
import Logging
import Operations
import Postgres
import Schema

/// `trunkline migrate`: brings the schema to this program's version.
struct MigrateCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's schema to the version of this program.",
        discussion: """
            Runs the migrations that the database has not seen yet, each in one transaction. A second migration \
            that is started meanwhile waits. The login user needs the role trunkline_owner; for the first \
            migration it needs to own the database and to be allowed to create roles (docs/database.md). \
            Connect to the server itself, not through a pooler in transaction mode.
            """)

    static let needsSchema = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "Print what would be done, and change nothing.")
    var plan = false

    @Flag(name: .long, help: "With --plan: print the statements as well.")
    var sql = false

    func validate() throws {
        if sql, !plan { throw ValidationError("--sql goes with --plan") }
    }

    func run(in session: Session) async throws {
        if plan {
            try await printPlan(session)
        } else {
            try await migrate(session)
        }
    }

    private func printPlan(_ session: Session) async throws {
        let pending = try await Migrator.plan(on: session.database)
        if sql {
            for migration in pending { Terminal.print("-- \(migration.version) \(migration.name)\n\(migration.sql)") }
            return
        }
        var table = Table("version", "name", "lines", "checksum")
        for migration in pending {
            let lines = migration.sql.split(separator: "\n", omittingEmptySubsequences: false).count
            table.append(
                .integer(migration.version), .text(migration.name), .integer(lines), .text(migration.checksum))
        }
        output.print(table, none: "nothing to do: the schema is at version \(SchemaGate.version)")
    }

    private func migrate(_ session: Session) async throws {
        let done = try await Migrator.migrate(on: session.database, logger: session.logger)
        var table = Table("version", "name", "seconds", "applied_at")
        for migration in done {
            table.append(
                .integer(migration.version), .text(migration.name), .number(migration.duration / .seconds(1)),
                .time(migration.appliedAt))
        }
        output.print(table, none: "nothing to do: the schema is at version \(SchemaGate.version)")
    }
}
