package import Postgres
package import Routing

/// The routing rules of a tenant, as operators see and change them.
package struct RuleDesk: Sendable {
    let database: Database
    let who: String

    package init(database: Database, who: String) {
        self.database = database
        self.who = who
    }

    /// A version of a tenant's rules, or the one in force.
    package func version(_ version: Int32? = nil, of tenant: Tenant) async throws -> RuleSetStore.Version {
        let found = try await database.withConnection { connection in
            if let version { return try await RuleSetStore.one(version, tenant: tenant.id, on: connection) }
            return try await RuleSetStore.newest(tenant: tenant.id, on: connection)
        }
        if let found { return found }
        throw OperatorError.failed(
            version.map { "there is no version \($0) of \(tenant.name)'s rules" }
                ?? "no rules were ever applied for \(tenant.name)")
    }

    /// The versions, newest first.
    package func history(of tenant: Tenant, limit: Int32) async throws -> [RuleSetStore.Version] {
        try await database.withConnection { try await RuleSetStore.history(tenant: tenant.id, limit: limit, on: $0) }
    }

    /// Puts a compiled document into force; returns its version.
    ///
    /// - Parameter after: only if this version is in force now; 0: none; nil: whichever is.
    package func apply(
        _ document: String, rules: Int, to tenant: Tenant, after: Int32?, note: String?, backTo: Int32? = nil
    ) async throws -> Int32 {
        let who = who
        do {
            return try await database.withTransaction { connection in
                let version = try await RuleSetStore.apply(
                    document, rules: rules, tenant: tenant.id, after: after, who: who, note: note, backTo: backTo, on: connection)
                try await OperatorActionStore.record(
                    .init(
                        tenant: tenant.id, who: who, action: backTo == nil ? "rules.apply" : "rules.rollback",
                        target: "version \(version)",
                        detail: .object(["rules": .integer(rules), "back_to": .integer(backTo), "note": .text(note)])),
                    on: connection)
                return version
            }
        } catch let error as PostgresError where error.code == .serializationFailure {
            throw OperatorError.failed(error.message)
        }
    }

    /// Puts an earlier version into force again, as a new one; returns both.
    ///
    /// - Parameters:
    ///   - version: nil: the one before the present.
    ///   - after: only if this version is in force now; nil: whichever is.
    package func rollBack(to version: Int32?, of tenant: Tenant, after: Int32? = nil, note: String?) async throws -> (
        made: Int32, like: Int32
    ) {
        let newest = try await self.version(of: tenant)
        let wanted = version ?? (newest.backTo ?? newest.version) - 1
        let old = try await self.version(wanted, of: tenant)
        do {
            _ = try RuleProgram.compile(old.document, file: "version \(wanted)")
        } catch {
            throw OperatorError.failed("version \(wanted) can't be used any more\n\(error)")
        }
        let made = try await apply(
            old.document, rules: Int(old.rules), to: tenant, after: after ?? newest.version, note: note, backTo: wanted)
        return (made, wanted)
    }

    /// The rules in force, ready to decide.
    package func program(of tenant: Tenant) async throws -> RuleProgram {
        let version = try await version(of: tenant)
        do {
            return try RuleProgram.compile(version.document, file: "version \(version.version)")
        } catch {
            throw OperatorError.failed("the rules in force can't be used by this program\n\(error)")
        }
    }
}
