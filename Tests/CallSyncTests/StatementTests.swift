import Directory
import Postgres
import Runtime
import TestSupport
import Testing

@testable import CallSync
@testable import Tenants

@Suite(.database) struct StatementTests {
    @Test func everyStatementFitsTheSchemaAndTheProgramsRights() async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_call_sync")
        let all =
            TenantStore.statements + IntakeStore.statements + TimelineStore.statements + WatermarkStore.statements
            + QueueTypeStore.statements + CallWriting.statements
            + CallResultStore.statements + BackfillStore.statements + PeopleStore.statements + HousekeepingStore.statements
            + InstanceRecord.statements + WebhookStore.statements + CallMatchStore.statements + DirectoryLookup.statements
            + AmbiguityStore.statements
            + InteractionStore.statements + HistoryPartitions.statements + CallEraseStore.statements
        #expect(Set(all.map(\.name)).count == all.count)
        try await database.withConnection { connection in
            for statement in all {
                try await connection.run(script: "PREPARE \(statement.name) AS \(statement.sql)")
                // Planning it checks the rights.
                let parameters = try await connection.query(
                    Statement("", "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = $1"),
                    [statement.name])[0][0]
                    .decode(Int.self)
                let nulls = (0..<parameters).map { _ in "NULL" }.joined(separator: ", ")
                try await connection.run(script: "EXPLAIN EXECUTE \(statement.name)\(parameters > 0 ? "(\(nulls))" : "")")
            }
        }
        await database.close()
    }

    @Test func theProgramCantDoWhatItNeednt() async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_call_sync")
        for sql in [
            "DELETE FROM hub.call", "UPDATE hub.timeline SET event = 'x'", "INSERT INTO hub.tenant (name) VALUES ('x')",
            "INSERT INTO hub.setting (tenant_id, version, name, changed_by) VALUES (1, 1, 'x', 'x')",
            "SELECT * FROM hub.operator_action",
            "SELECT * FROM report.daily_balance",
        ] {
            await #expect(throws: PostgresError.self, "\(sql)") { _ = try await database.execute(Statement("", sql)) }
        }
        await database.close()
    }

    @Test func theDatabaseNormalisesErrorsAsTheModelDoes() async throws {
        let database = try TestDatabase.current.connect()
        for text in [
            "Entity 'Contact' With Id = 6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10 Does Not Exist", "0x80040217: gone",
            "call  +358501231234 failed",
            "(0x80072322) limit of 6000", "0x800402171 is longer", "", "nothing",
        ] {
            let normalised = try await database.query(Statement("", "SELECT hub.normalise_error($1)"), [text])[0][0].decode(
                String.self)
            #expect(normalised == NormalisedText.of(text))
        }
        await database.close()
    }
}
