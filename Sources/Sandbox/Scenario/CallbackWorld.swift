import Foundation

/// Callback lists, the Dynamics queues they lead to, and the profiles between them.
struct CallbackWorld: Sendable {
    struct Queue: Sendable {
        var id: UUID
        var name: String
        /// nil: the application user's.
        var owner: UUID?
    }

    var lists: [CallbackListRecord] = []
    var queues: [Queue] = []
    var profiles: [AssumedCallbackProfile] = []

    private static let plan: [(list: String, ownership: String, subject: String, duplicates: String, method: String)] = [
        ("Support callbacks", "queue_owner", "", "bundle", "polling"),
        ("Sales callbacks", "api_user", "Call back a prospect", "ignore", "webhook_with_polling"),
        ("Billing callbacks", "queue_owner", "", "ignore", "polling"),
        ("Reception callbacks", "api_user", "", "bundle", "webhook_with_polling"),
    ]

    /// - Parameter webhookOnly: whether the reception's list is never polled.
    static func make(seed: UInt64, people: ScenarioPeople, webhookOnly: Bool = false) -> CallbackWorld {
        var generator = SeededGenerator(seed: seed, purpose: "callback-world")
        var world = CallbackWorld()
        let owners = people.agents.filter { $0.systemUser != nil && !$0.disabled }.compactMap(\.systemUser)
        for (index, plan) in plan.enumerated() {
            let list = CallbackListRecord(id: generator.id(), name: plan.list)
            let queue = Queue(
                id: generator.id(), name: plan.list.replacing(" callbacks", with: " call-backs"), owner: owners[index * 3])
            world.lists.append(list)
            world.queues.append(queue)
            world.profiles.append(
                AssumedCallbackProfile(
                    name: plan.list, listID: list.id, listName: list.name, queueID: queue.id, queueName: queue.name,
                    ownership: plan.ownership, subject: plan.subject, duplicates: plan.duplicates,
                    method: webhookOnly && index == Self.plan.count - 1 ? "webhook" : plan.method, ageHours: 48))
        }
        // A list that nobody has made a profile for.
        world.lists.append(CallbackListRecord(id: generator.id(), name: "Campaign list"))
        return world
    }

    func owner(of profile: AssumedCallbackProfile) -> UUID? {
        profile.ownership == "queue_owner" ? queues.first { $0.id == profile.queueID }?.owner : nil
    }
}
