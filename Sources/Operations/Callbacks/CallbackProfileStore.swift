package import Foundation
package import Model
package import Postgres
import Jobs
import Tenants

/// Callback profiles as operators see and change them.
package struct CallbackProfileStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [all, put, remove, history]

    package struct Stored: Sendable {
        package var id: UUID
        package var name: String
        package var source: String
        package var list: UUID?
        package var listName: String?
        package var queue: UUID?
        package var queueName: String?
        package var ownership: String
        package var subject: String?
        package var duplicates: String
        package var method: String
        package var unit: String?
        package var age: Int32?
        package var isEnabled: Bool
        package var problem: String?
        package var version: Int32
        package var madeAt: Date

        package var ageInWords: String? { age.flatMap { age in unit.map { "\(age) \($0)" } } }

        /// For the rules.
        package var profile: CallbackProfile {
            var profile = CallbackProfile(
                id: id, name: name, listID: list, listName: listName, queueID: queue, subject: subject, ageUnit: nil,
                age: age.map(Int.init), isEnabled: isEnabled, version: version, madeAt: madeAt)
            profile.read(ownership, "--ownership", into: \.ownership)
            profile.read(duplicates, "--duplicates", into: \.duplicates)
            profile.read(method, "--method", into: \.method)
            profile.ageUnit = unit.flatMap(AgeTimeUnit.init)
            return profile
        }
    }

    package func all(tenant: Int32) async throws -> [Stored] {
        try await database.query(Self.all, [tenant]).map { row in
            let (
                id, name, source, list, listName, queue, queueName, ownership, subject, duplicates, method, unit, age, enabled,
                problem,
                version, made
            ) = try row.decode(
                UUID.self, String.self, String.self, UUID?.self, String?.self, UUID?.self, String?.self, String.self,
                String?.self,
                String.self, String.self, String?.self, Int32?.self, Bool.self, String?.self, Int32.self, Date.self)
            return Stored(
                id: id, name: name, source: source, list: list, listName: listName, queue: queue, queueName: queueName,
                ownership: ownership, subject: subject, duplicates: duplicates, method: method, unit: unit, age: age,
                isEnabled: enabled, problem: problem, version: version, madeAt: made)
        }
    }

    /// The profile of that name or id.
    package func named(_ name: String, tenant: Tenant) async throws -> Stored {
        let profiles = try await all(tenant: tenant.id)
        let found = profiles.filter { $0.name.lowercased() == name.lowercased() || $0.id == UUID(uuidString: name) }
        guard let profile = found.first else {
            throw OperatorError.failed(
                "\(tenant.name) has no callback profile '\(name)'; it has \(profiles.map(\.name).joined(separator: ", "))")
        }
        guard found.count == 1 else { throw OperatorError.failed("several profiles are called '\(name)': name one by its id") }
        return profile
    }

    /// Makes or changes a profile, and says who did. callback-sync goes by it within seconds.
    package func put(_ profile: CallbackProfile, tenant: Tenant, who: String, action: String) async throws -> Int32 {
        let queue = JobQueue(database: database)
        let version = try await database.withTransaction { connection in
            let version = try await connection.query(
                Self.put,
                [
                    tenant.id, profile.id, profile.name, profile.listID, profile.listName, profile.queueID,
                    profile.ownership.rawValue, profile.subject, profile.duplicates.rawValue, profile.method.rawValue,
                    profile.ageUnit?.rawValue, profile.age.map { Int32(clamping: $0) }, profile.isEnabled, who,
                ])[0].decode(Int32.self)
            try await OperatorActionStore.record(
                .init(
                    tenant: tenant.id, who: who, action: action, target: profile.name,
                    detail: .object(["profile": .text(profile.id.lowercase), "version": .integer(version)])), on: connection)
            _ = try await queue.enqueue([EventLook.profiles(tenant: tenant.id)], on: connection)
            return version
        }
        await queue.ring(EventLook.callbackQueue)
        return version
    }

    package func remove(_ profile: Stored, tenant: Tenant, who: String) async throws {
        let queue = JobQueue(database: database)
        try await database.withTransaction { connection in
            try await connection.execute(Self.remove, [tenant.id, profile.id, who])
            _ = try await queue.enqueue([EventLook.profiles(tenant: tenant.id)], on: connection)
            try await OperatorActionStore.record(
                .init(tenant: tenant.id, who: who, action: "callback_profile.remove", target: profile.name), on: connection)
        }
        await queue.ring(EventLook.callbackQueue)
    }

    package struct Version: Sendable {
        package var version: Int32
        package var changedAt: Date
        package var changedBy: String
        /// The whole row as JSON.
        package var profile: String
    }

    package func history(_ profile: UUID, tenant: Int32) async throws -> [Version] {
        try await database.query(Self.history, [tenant, profile]).map { row in
            let (version, at, who, text) = try row.decode(Int32.self, Date.self, String.self, String.self)
            return Version(version: version, changedAt: at, changedBy: who, profile: text)
        }
    }

    package static let all = Statement(
        "command.callback_profile.all",
        """
        SELECT p.profile_id, p.name, p.source, p.callback_list_id, p.callback_list_name, p.queue_id, k.queue_name, p.ownership_rule,
               p.subject, p.duplicate_rule, p.method, p.age_unit, p.age, p.enabled,
               \(ProfileProblem.sql), p.version, p.made_at
        FROM hub.callback_profile p
        \(ProfileProblem.check)
        WHERE p.tenant_id = $1 AND p.deleted_at IS NULL
        ORDER BY p.made_at, p.profile_id
        """)

    package static let put = Statement(
        "command.callback_profile.put",
        """
        INSERT INTO hub.callback_profile AS p (
            tenant_id, profile_id, source, name, callback_list_id, callback_list_name, queue_id, ownership_rule, subject,
            duplicate_rule, method, age_unit, age, enabled, changed_by)
        VALUES ($1, $2, 'hub', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (tenant_id, profile_id) DO UPDATE SET
            name = excluded.name, callback_list_id = excluded.callback_list_id, callback_list_name = excluded.callback_list_name,
            queue_id = excluded.queue_id, ownership_rule = excluded.ownership_rule, subject = excluded.subject,
            duplicate_rule = excluded.duplicate_rule, method = excluded.method, age_unit = excluded.age_unit, age = excluded.age,
            enabled = excluded.enabled, changed_by = excluded.changed_by
        RETURNING version
        """)

    package static let remove = Statement(
        "command.callback_profile.remove",
        "UPDATE hub.callback_profile SET deleted_at = now(), changed_by = $3 WHERE tenant_id = $1 AND profile_id = $2")

    package static let history = Statement(
        "command.callback_profile.history",
        """
        SELECT version, changed_at, changed_by, profile::text FROM hub.callback_profile_history
        WHERE tenant_id = $1 AND profile_id = $2 ORDER BY version DESC
        """)
}
