import Jobs
package import Postgres

/// What a pause is about: a kind, a tenant, both or everything.
package struct JobScope: Sendable {
    package let kind: String?
    package let tenant: String?
    package let tenantID: Int32?

    package init(kind: String?, tenant: String?, on database: Database) async throws {
        self.kind = kind
        self.tenant = tenant
        tenantID = if let tenant { try await TenantStore(database: database).named(tenant).id } else { nil }
    }

    package var words: String {
        "\(kind ?? "every kind") of \(tenant.map { "tenant \($0)" } ?? "every tenant")"
    }

    /// The flags that name it again.
    package var flags: String {
        (kind.map { " --kind \($0)" } ?? "") + (tenant.map { " --tenant \($0)" } ?? "")
    }
}

/// Notes what was done to jobs, in the transaction that does it, and tells what could not be done.
package enum JobsAudit {
    package static func record(_ action: String, _ ids: [Int64], note: String?, who: String, on connection: Connection)
        async throws
    {
        guard !ids.isEmpty else { return }
        let target = ids.count == 1 ? "\(ids[0])" : "\(ids.count) jobs"
        let detail = OutputValue.object(["jobs": .list(ids.prefix(1000).map { .integer($0) }), "note": .text(note)])
        try await OperatorActionStore.record(
            .init(tenant: nil, who: who, action: action, target: target, detail: detail), on: connection)
    }

    package static func record(_ action: String, _ scope: JobScope, note: String?, who: String, on connection: Connection)
        async throws
    {
        try await OperatorActionStore.record(
            .init(
                tenant: scope.tenantID, who: who, action: action, target: scope.kind, detail: .object(["reason": .text(note)])),
            on: connection)
    }

    /// Fails for the jobs that were named and not found in a state that allows it.
    package static func refuseMissing(_ asked: [Int64], done: [Int64], what: String) throws {
        let missing = asked.filter { !done.contains($0) }
        guard !missing.isEmpty else { return }
        throw OperatorError.failed("not \(what): \(missing.prefix(20).map(String.init).joined(separator: ", "))")
    }
}
