import Operations
import Postgres
import Routing
import TestSupport
import Testing

@testable import Console

/// Every statement against the migrated schema, with the console's rights.
@Suite(.database) struct StatementTests {
    static let own: [Statement] =
        SessionStore.statements + SignInStore.statements + OpenIDStore.statements + AccountStore.statements
        + CallListStore.statements + CallbackListStore.statements + NumberStore.statements + DecisionListStore.statements
        + PeopleListStore.statements + RuleListStore.statements
    static let shared: [Statement] =
        TenantStore.statements + SettingStore.statements + OperatorActionStore.statements + CallStoryStore.statements
        + CallJobStore.statements
        + MatchStore.statements + CallbackRowStore.statements + CallRetry.statements + OperatorAccountStore.statements
        + JobFlowStore.statements
        + JobStoryStore.statements + BalanceStore.statements + BudgetStore.statements + InstanceStore.statements
        + UserStore.statements
        + BackfillStore.statements

    @Test(arguments: own + shared) func `fits the schema`(statement: Statement) async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_console", maximumConnections: 1)
        try await database.withConnection { try await $0.run(script: "PREPARE \"\(statement.name)\" AS \(statement.sql)") }
        await database.close()
    }

    @Test func `each has a name of its own`() {
        let all = Self.own + Self.shared
        #expect(Set(all.map(\.name)).count == all.count)
    }
}
