import Foundation
import Postgres

/// A callback profile that a scenario assumes.
struct CallbackProfile: Decodable, Sendable {
    let name: String
    let listID: UUID
    let listName: String
    let queueID: UUID
    let ownership: String
    let subject: String
    let duplicates: String
    let method: String
    let ageHours: Int

    /// Gives the hub these profiles and no others, and lets it poll as fast as a rehearsal wants.
    static func set(_ profiles: [CallbackProfile], in hub: RehearsedHub, pollInterval: Int = 3) async throws {
        guard !profiles.isEmpty else { return }
        try await HubDatabase.change(
            "CallbackPollInterval", to: "\(pollInterval)", in: hub.database, tenant: RehearsedHub.tenant)
        try await hub.database.execute(
            put,
            [
                RehearsedHub.tenant, profiles.map(\.name), profiles.map(\.listID), profiles.map(\.listName),
                profiles.map(\.queueID),
                profiles.map(\.ownership), profiles.map(\.subject), profiles.map(\.duplicates), profiles.map(\.method),
                profiles.map { Int32($0.ageHours) },
            ])
    }

    /// Enreach sends its webhooks to that instance from now on.
    static func sendWebhooks(to instance: Instance, of hub: RehearsedHub) async throws {
        struct Target: Encodable {
            let endpoint: String
            let secret: String
        }
        try await hub.door.post(
            "/admin/enreach/webhooks",
            Target(
                endpoint: "http://127.0.0.1:\(instance.port)/webhooks/enreach/\(RehearsedHub.tenant)",
                secret: SandboxCredentials.webhookSecret))
    }

    private static let put = Statement(
        "rehearsal_callback_profiles",
        """
        INSERT INTO hub.callback_profile (
            tenant_id, profile_id, source, name, callback_list_id, callback_list_name, queue_id, ownership_rule, subject, duplicate_rule,
            method, age, age_unit, changed_by)
        SELECT t.tenant_id, gen_random_uuid(), 'hub', p.name, p.list, p.list_name, p.queue, p.ownership, nullif(p.subject, ''),
            p.duplicates, p.method, p.age, 'hours', 'rehearsal'
        FROM hub.tenant t,
            unnest($2::text[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::integer[])
                AS p (name, list, list_name, queue, ownership, subject, duplicates, method, age)
        WHERE t.name = $1
        """)
}
