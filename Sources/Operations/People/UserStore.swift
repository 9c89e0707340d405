package import Foundation
import Jobs
package import Postgres
import UserSync

/// Reads who is whom, and writes down what an operator decides.
package struct UserStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [users, enreachUsers, choose, clear]

    package func users(tenant: Int32) async throws -> [UserRow] {
        try await database.query(Self.users, [tenant]).map(UserRow.init)
    }

    package func enreachUsers(tenant: Int32) async throws -> [EnreachRow] {
        try await database.query(Self.enreachUsers, [tenant]).map(EnreachRow.init)
    }

    /// Enreach users whom nobody in Dynamics is.
    package func strangers(tenant: Int32) async throws -> [EnreachRow] {
        try await enreachUsers(tenant: tenant).filter { $0.state != "matched" }
    }

    /// Writes down who a user is, and has it carried out.
    ///
    /// - Throws: `OperatorError` when the Enreach user was given to somebody else by hand.
    package func choose(_ enreach: UUID?, for user: UserRow, tenant: Tenant, who: String, note: String?) async throws {
        do {
            try await database.withTransaction { connection in
                try await connection.execute(Self.choose, [tenant.id, user.id, enreach, who, note])
                try await record("users.set", user, enreach?.uuidString.lowercased() ?? "nobody", tenant, who, connection)
                _ = try await JobQueue(database: database).enqueue([UserSyncJobs.matchNow(tenant: tenant.id)], on: connection)
            }
        } catch let error as PostgresError where error.code == .uniqueViolation {
            throw OperatorError.failed("somebody else was set to be this Enreach user: clear that first")
        }
        await JobQueue(database: database).ring(UserSyncJobs.queue)
    }

    /// False when nothing had been set.
    package func clear(_ user: UserRow, tenant: Tenant, who: String) async throws -> Bool {
        let cleared = try await database.withTransaction { connection in
            guard try await connection.execute(Self.clear, [tenant.id, user.id]) > 0 else { return false }
            try await record("users.clear", user, nil, tenant, who, connection)
            _ = try await JobQueue(database: database).enqueue([UserSyncJobs.matchNow(tenant: tenant.id)], on: connection)
            return true
        }
        if cleared { await JobQueue(database: database).ring(UserSyncJobs.queue) }
        return cleared
    }

    /// The id of the job.
    package func sync(tenant: Tenant, who: String) async throws -> Int64 {
        let id = try await database.withTransaction { connection in
            try await OperatorActionStore.record(
                .init(tenant: tenant.id, who: who, action: "users.sync", target: tenant.name), on: connection)
            return try await JobQueue(database: database).enqueue([UserSyncJobs.matchNow(tenant: tenant.id)], on: connection)[0]
        }
        await JobQueue(database: database).ring(UserSyncJobs.queue)
        return id
    }

    private func record(
        _ action: String, _ user: UserRow, _ enreach: String?, _ tenant: Tenant, _ who: String, _ connection: Connection
    ) async throws {
        try await OperatorActionStore.record(
            .init(
                tenant: tenant.id, who: who, action: action, target: user.id.uuidString.lowercased(),
                detail: .object(["enreach_user": .text(enreach)])), on: connection)
    }

    /// The one who is meant.
    ///
    /// - Throws: `OperatorError` when it is nobody, or several.
    package static func one<User: Named>(_ text: String, of users: [User], _ side: String) throws -> User {
        let wanted = text.lowercased()
        let found = users.filter { user in
            user.id.uuidString.lowercased() == wanted || user.addresses.contains { $0.lowercased() == wanted }
        }
        switch found.count {
        case 1: return found[0]
        case 0: throw OperatorError.failed("\(side) has no user \(text)")
        default:
            let ids = found.map { $0.id.uuidString.lowercased() }.joined(separator: ", ")
            throw OperatorError.usage("several users of \(side) have the address \(text): give an id (\(ids))")
        }
    }

    package static let users = Statement(
        "command.users.dynamics",
        """
        SELECT
            p.system_user_id, p.full_name, p.email, p.enreach_email, p.mobile_number, p.match_state, p.match_reason,
            p.enreach_user_id, e.full_name, p.candidates, p.write_error
        FROM hub.person p
        LEFT JOIN hub.enreach_user e ON e.tenant_id = p.tenant_id AND e.enreach_user_id = p.enreach_user_id
        WHERE p.tenant_id = $1
        ORDER BY p.match_state IS NOT DISTINCT FROM 'matched', p.full_name, p.system_user_id
        """)

    package static let enreachUsers = Statement(
        "command.users.enreach",
        """
        SELECT enreach_user_id, full_name, email, match_state, match_reason
        FROM hub.enreach_user
        WHERE tenant_id = $1 AND gone_at IS NULL
        ORDER BY full_name, enreach_user_id
        """)

    package static let choose = Statement(
        "command.users.choose",
        """
        INSERT INTO hub.person_choice (tenant_id, system_user_id, enreach_user_id, chosen_by, note) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, system_user_id) DO UPDATE SET
            enreach_user_id = excluded.enreach_user_id, chosen_by = excluded.chosen_by, chosen_at = now(), note = excluded.note
        """)

    package static let clear = Statement(
        "command.users.clear", "DELETE FROM hub.person_choice WHERE tenant_id = $1 AND system_user_id = $2")
}
