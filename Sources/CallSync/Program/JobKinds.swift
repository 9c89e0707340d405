import FoundationEssentials
import Jobs
import Model

/// The kinds of jobs that call-sync does; docs/calls.md lists them.
public enum JobKinds {
    public static let queue = "default"

    public static let poll = "calls.poll"
    public static let read = "call.read"
    public static let write = "call.write"
    public static let withdraw = "call.withdraw"
    public static let backfill = "calls.backfill"
    public static let people = "people.refresh"
    public static let housekeeping = "hub.partitions"

    /// Reads one call from Enreach at once; never twice at the same time. What is asked for while a read runs is read after it.
    ///
    /// The key is not the call's own, which keeps the writes of a call in order: a read waits for no write.
    static func readCall(_ call: UUID, tenant: Int32) -> NewJob {
        let id = call.lowercase
        return NewJob(
            kind: read, tenant: tenant, payload: JSONBText.call(id), key: "read/\(id)", coalesce: true, maxAttempts: 8,
            queue: queue)
    }
}
