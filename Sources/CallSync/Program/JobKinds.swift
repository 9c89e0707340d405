import Directory
public import FoundationEssentials
public import Jobs
import Model
import Tenants

/// The kinds of jobs that call-sync does; docs/calls.md lists them.
public enum JobKinds {
    public static let queue = EventLook.callQueue

    public static let poll = EventLook.pollCalls
    public static let read = EventLook.readCall
    public static let sweep = "calls.sweep"
    public static let write = "call.write"
    public static let withdraw = "call.withdraw"
    public static let relate = "call.relate"
    public static let erase = "call.erase"
    public static let match = DirectoryJobs.matchCalls
    public static let backfill = "calls.backfill"
    public static let people = "people.refresh"
    public static let housekeeping = "hub.partitions"

    /// Looks once more whom a call is with; in line with its writes.
    static func relateCall(_ call: UUID, tenant: Int32) -> NewJob {
        NewJob(kind: relate, tenant: tenant, key: call.lowercase, lane: .late, maxAttempts: 8, queue: queue)
    }

    /// Looks after the record of a call whose numbers were erased; in line with its writes.
    package static func eraseCall(_ call: UUID, tenant: Int32) -> NewJob {
        NewJob(kind: erase, tenant: tenant, key: call.lowercase, unique: call.lowercase, lane: .late, queue: queue)
    }

    /// Writes one call.
    public static func writeCall(_ call: UUID, tenant: Int32, lane: Lane) -> NewJob {
        NewJob(kind: write, tenant: tenant, key: call.lowercase, coalesce: true, lane: lane, queue: queue)
    }
}
