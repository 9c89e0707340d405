import Foundation

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

    /// Makes these profiles with the command that an operator would use, and lets the hub poll as fast as a rehearsal wants.
    static func set(_ profiles: [CallbackProfile], in hub: RehearsedHub, pollInterval: Int = 3) async throws {
        guard !profiles.isEmpty else { return }
        try await HubDatabase.change(
            "CallbackPollInterval", to: "\(pollInterval)", in: hub.database, tenant: RehearsedHub.tenant)
        for profile in profiles { _ = try await hub.command(["callbacks", "profiles", "add", profile.name] + profile.options) }
    }

    private var options: [String] {
        let age = method == "webhook" ? [] : ["--age", "\(ageHours)", "--unit", "hours"]
        return [
            "--list", listID.uuidString.lowercased(), "--list-name", listName, "--queue", queueID.uuidString.lowercased(),
            "--ownership", ownership, "--subject", subject, "--duplicates", duplicates, "--method", method, "--tenant",
            RehearsedHub.tenant,
        ] + age
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
                endpoint: "http://\(instance.host):\(instance.port)/webhooks/enreach/\(RehearsedHub.tenant)",
                secret: SandboxCredentials.webhookSecret))
    }
}
