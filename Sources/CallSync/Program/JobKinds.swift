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

    /// Reads one call from Enreach at once; never twice at the same time.
    static func readCall(_ call: UUID, tenant: Int32) -> NewJob {
        let id = call.lowercase
        return NewJob(kind: read, tenant: tenant, payload: JSONBText.call(id), unique: id, maxAttempts: 8, queue: queue)
    }
}
