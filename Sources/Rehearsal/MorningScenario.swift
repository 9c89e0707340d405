import Foundation

/// The sandbox's morning: all the cases that the rules tell apart, laid onto some real seconds.
struct MorningScenario: Sendable {
    let calls: Int
    let seed: UInt64
    let seconds: Double
    /// Callback requests among them; the hub then needs `callback-sync`.
    var callbacks = 0
    /// Whether users of Dynamics start without their Enreach id; the hub then needs `user-sync`.
    var unmatchedPeople = false
    /// Whether one of the callback lists is never polled.
    var webhookOnly = false

    struct Summary: Decodable, Sendable {
        /// Calls with an id, and events without one, of each of which the hub makes a call.
        let calls: Int
        let nameless: Int
        let states: [String: Int]
        let defaultCrmAssignee: String
        let callbackProfiles: [CallbackProfile]?

        /// How many calls the hub has to take in.
        var all: Int { calls + nameless }
    }

    private struct Request: Encodable {
        let name = "busy-morning"
        let calls: Int
        let seed: UInt64
        let mode = "live"
        let seconds: Double
        let unmatchedPeople: Bool
        let webhookOnly: Bool
        let callbacks: Int
    }

    /// Loads it, and sets the hub's settings that the scenario assumes.
    ///
    /// Before the programs start: the people come one vendor after the other, and the default owner is known only when they are there. What a
    /// program decides in between stays as it was decided.
    func load(into hub: RehearsedHub) async throws -> Summary {
        guard HubProgram.allCases.allSatisfy({ !$0.reachesVendors || hub.instances(of: $0).isEmpty }) else {
            throw RehearsalError("a scenario is loaded before the programs that act on it are started")
        }
        let answer = try await hub.door.post(
            "/admin/scenario",
            Request(
                calls: calls, seed: seed, seconds: seconds, unmatchedPeople: unmatchedPeople, webhookOnly: webhookOnly,
                callbacks: callbacks))
        let summary = try JSONDecoder().decode(Summary.self, from: answer)
        if !summary.defaultCrmAssignee.isEmpty {
            try await HubDatabase.change(
                "DefaultCrmAssignee", to: summary.defaultCrmAssignee, in: hub.database, tenant: RehearsedHub.tenant)
        }
        try await CallbackProfile.set(summary.callbackProfiles ?? [], in: hub)
        return summary
    }
}

/// The parts of the sandbox's status that a rehearsal asks for.
struct SandboxStatus: Decodable, Sendable {
    let changesLeft: Int
}
