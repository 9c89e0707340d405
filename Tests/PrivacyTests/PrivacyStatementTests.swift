import Postgres
import Privacy
import TestSupport
import Testing

@testable import CallSync
@testable import CallbackSync
@testable import Router
@testable import TrunklineCommand

@Suite(.database) struct PrivacyStatementTests {
    private static let all: [Statement] =
        ErasedNumberStore.statements + NumberFinder.statements + ErasureStore.statements + NumberExport.statements
        + CallEraseStore.statements + CallbackEraseStore.statements + [DecisionErasures.versions]

    @Test(arguments: all) func `fits the schema`(statement: Statement) async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        try await database.withConnection { connection in
            try await connection.run(script: "PREPARE \"\(statement.name)\" AS \(statement.sql)")
        }
        await database.close()
    }

    @Test func `each has a name of its own`() {
        #expect(Set(Self.all.map(\.name)).count == Self.all.count)
    }
}
