import FoundationEssentials
import Logging
import Postgres
import Tenants

/// Types of Enreach's queues, by which calls through a service queue are told from direct ones.
///
/// They are kept in the database: every instance judges by the same, before and after a restart, and a queue that is deleted in Enreach keeps
/// the type that it had.
struct QueueTypes: Sendable {
    let tenant: Int32
    let connection: TenantConnection
    let database: Database
    let logger: Logger

    /// Enreach is asked anew for a queue that it last showed so long ago.
    static let age: TimeInterval = 86_400

    /// Of these queues, as far as they are known. Enreach is asked when one of them is not, or has not been shown for a day; when it can't tell,
    /// what is known is the answer, since most calls need no queue.
    func types(of queues: Set<UUID>) async throws -> [UUID: Int] {
        guard !queues.isEmpty else { return [:] }
        var types: [UUID: Int] = [:]
        var wanted = queues
        for row in try await database.query(QueueTypeStore.find, [tenant, Array(queues), Self.age]) {
            let (queue, type, isRecent) = try row.decode(UUID.self, Int32.self, Bool.self)
            types[queue] = Int(type)
            if isRecent { wanted.remove(queue) }
        }
        guard let shown = try await connection.queueTypes(toLearn: wanted, logger: logger), !shown.isEmpty else { return types }
        let all = Array(shown.keys)
        try await database.execute(QueueTypeStore.keep, [tenant, all, all.map { Int32(clamping: shown[$0] ?? 0) }])
        for queue in queues { if let type = shown[queue] { types[queue] = type } }
        return types
    }
}
