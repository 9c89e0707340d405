import Foundation
import Postgres
import TestSupport
import Testing

/// `trunkline why` of a callback request that only a webhook named.
@Suite(.database) struct WhyToldTests {
    @Test(arguments: [("NULL", "the event waits to be looked at"), ("'no_profile'", "no profile takes its list")])
    func `it says what a webhook told, and what is wrong with the list`(outcome: String, fate: String) async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let url = try await OperatorLogin.url()
        let (callback, list, name) = (UUID(), UUID(), "t" + UUID().uuidString.lowercased())
        let unknown = try await CommandRun.of("why", callback.uuidString, "--callbacks", database: url)
        #expect(unknown.status == 1 && unknown.errors.contains("knows no callback request"))
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ($1) RETURNING tenant_id"), [name])[0][0].decode(Int32.self)
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.webhook_event (tenant_id, event_id, event_type, entity_id, subject_id, outcome)
                VALUES ($1, gen_random_uuid(), 'CallbackCreated', $2, $3, \(outcome))
                """), [tenant, list, callback])
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.callback_profile (tenant_id, profile_id, source, name, callback_list_id, changed_by)
                VALUES ($1, $2, 'hub', 'Support', $2, 'test')
                """), [tenant, list])
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.callback_check (tenant_id, profile_id, profile_version, problem, problem_text)
                VALUES ($1, $2, 1, 'queue_gone', 'The queue is gone.')
                """), [tenant, list])
        for arguments in [["why", callback.uuidString], ["why", callback.uuidString, "--callbacks"]] {
            let run = try await CommandRun.of(arguments, database: url)
            #expect(run.status == 1)
            #expect(run.errors.contains("a webhook of \(name) (CallbackCreated) told of it at "), "\(run.errors)")
            #expect(run.errors.contains(fate) && run.errors.contains("profile Support takes nothing in: The queue is gone."))
        }
        await database.close()
    }
}
