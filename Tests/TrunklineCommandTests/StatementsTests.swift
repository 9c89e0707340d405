import Postgres
import TestSupport
import Testing

@testable import Operations
@testable import TrunklineCommand

@Suite(.database) struct StatementsTests {
    static let all: [Statement] =
        TenantStore.statements + SettingStore.statements + OperatorActionStore.statements + BackfillStore.statements
        + CallStoryStore.statements + CallJobStore.statements + MatchStore.statements
        + PersonStoryStore.statements + CallbackRowStore.statements + CallbackProfileStore.statements
        + KeptDecisionStore.statements
        + NumberFileStore.statements + CallRetry.statements + OperatorAccountStore.statements
        + [
            ConnectionCheck.server, ServerSettingsCheck.settings, RolesCheck.roles, RolesCheck.strangers, RolesCheck.myself,
            PartitionsCheck.reaches, SnapshotCheck.holders, DeadRowsCheck.tables, WorkersCheck.workers, WorkersCheck.orphans,
            WaitingJobsCheck.depths, WaitingJobsCheck.pauses, WaitingJobsCheck.running, DeadJobsCheck.groups,
            InstancesCheck.instances,
            WatermarksCheck.sources, CredentialsCheck.enabled, PrivilegesCheck.missing, PrivilegesCheck.powerful,
            VendorTenant.uses, ToldCallback.find, WebhooksCheck.loss, WebhooksCheck.silent, WebhooksCheck.unheard,
        ]

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
