import Jobs
import Postgres

/// What a pause is about: a kind, a tenant, both or everything.
struct JobScope: Sendable {
    let kind: String?
    let tenant: String?
    let tenantID: Int32?

    init(kind: String?, tenant: String?, in session: Session) async throws {
        self.kind = kind
        self.tenant = tenant
        tenantID = if let tenant { try await TenantStore(database: session.database).named(tenant).id } else { nil }
    }

    var words: String {
        "\(kind ?? "every kind") of \(tenant.map { "tenant \($0)" } ?? "every tenant")"
    }

    /// The flags that name it again.
    var flags: String {
        (kind.map { " --kind \($0)" } ?? "") + (tenant.map { " --tenant \($0)" } ?? "")
    }
}

/// Notes what was done to jobs, in the transaction that does it, and tells what could not be done.
enum JobsAudit {
    static func record(_ action: String, _ ids: [Int64], note: String?, who: String, on connection: Connection) async throws {
        guard !ids.isEmpty else { return }
        let target = ids.count == 1 ? "\(ids[0])" : "\(ids.count) jobs"
        let detail = OutputValue.object(["jobs": .list(ids.prefix(1000).map { .integer($0) }), "note": .text(note)])
        try await OperatorActionStore.record(
            .init(tenant: nil, who: who, action: action, target: target, detail: detail), on: connection)
    }

    static func record(_ action: String, _ scope: JobScope, note: String?, who: String, on connection: Connection) async throws {
        try await OperatorActionStore.record(
            .init(
                tenant: scope.tenantID, who: who, action: action, target: scope.kind, detail: .object(["reason": .text(note)])),
            on: connection)
    }

    /// Fails for the jobs that were named and not found in a state that allows it.
    static func refuseMissing(_ asked: [Int64], done: [Int64], what: String) throws {
        let missing = asked.filter { !done.contains($0) }
        guard !missing.isEmpty else { return }
        throw CommandFailure.failed("not \(what): \(missing.prefix(20).map(String.init).joined(separator: ", "))")
    }
}
