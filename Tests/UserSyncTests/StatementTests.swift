import DynamicsSolution
import Postgres
import TestSupport
import Testing

@testable import UserSync

@Suite(.database) struct StatementTests {
    @Test func `every statement fits the schema and the program's rights`() async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_user_sync")
        let all =
            MatchStore.statements + DynamicsSettingStore.statements + DynamicsProfileStore.statements + ProbeStore.statements
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
}
