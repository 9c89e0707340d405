import Directory
import Postgres
import Runtime
import TestSupport
import Testing

@testable import CallbackSync
@testable import Tenants

@Suite(.database) struct CallbackStatementTests {
    @Test func everyStatementFitsTheSchemaAndTheProgramsRights() async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_callback_sync")
        let all =
            TenantStore.statements + [TimelineStore.add] + ProfileStore.statements + CallbackIntakeStore.statements
            + WebhookEventStore.statements + StoredCallback.statements + CallbackResultStore.statements
            + CallbackCloseStore.statements + CallbackFollowStore.statements + HistoryPartitions.statements
            + CallbackEraseStore.statements + CallbackListStore.statements + DirectoryLookup.statements
            + AmbiguityStore.statements + CallbackMatchStore.statements + CallbackRelationStore.statements
            + InstanceRecord.statements + WebhookStore.statements
        #expect(Set(all.map(\.name)).count == all.count)
        try await database.withConnection { connection in
            for statement in all {
                try await connection.run(script: "PREPARE \(statement.name) AS \(statement.sql)")
                // Planning it checks the rights.
                let parameters = try await connection.query(
                    Statement("", "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = $1"),
                    [statement.name])[0][0].decode(Int.self)
                let nulls = (0..<parameters).map { _ in "NULL" }.joined(separator: ", ")
                try await connection.run(script: "EXPLAIN EXECUTE \(statement.name)\(parameters > 0 ? "(\(nulls))" : "")")
            }
        }
        await database.close()
    }

    @Test func theProgramCantDoWhatItNeednt() async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_callback_sync")
        for sql in [
            "DELETE FROM hub.callback", "UPDATE hub.callback_profile SET name = 'x'", "UPDATE hub.call SET state = 'dead'",
            "DELETE FROM hub.callback_profile_history", "SELECT * FROM report.daily_balance",
        ] {
            await #expect(throws: PostgresError.self, "\(sql)") { _ = try await database.execute(Statement("", sql)) }
        }
        await database.close()
    }
}
