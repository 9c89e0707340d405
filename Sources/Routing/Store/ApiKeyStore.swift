package import Foundation
package import Postgres

/// The keys by which the vendor asks.
package struct ApiKeyStore: Sendable {
    package static let statements = [valid, list, add, revoke]

    /// A key that is valid now.
    package struct Valid: Sendable, Hashable {
        package var tenant: Int32
        package var digest: [UInt8]
        package var networks: [Network]
        package var expiresAt: Date?
    }

    package struct Listed: Sendable {
        package var id: Int32
        package var name: String
        package var networks: [String]
        package var createdAt: Date
        package var createdBy: String
        package var expiresAt: Date?
        package var revokedAt: Date?
    }

    /// The keys of every tenant in use.
    package static func valid(on connection: Connection) async throws -> [Valid] {
        try await connection.query(valid).map { row in
            let (tenant, digest, networks, expires) = try row.decode(Int32.self, [UInt8].self, [String].self, Date?.self)
            return Valid(tenant: tenant, digest: digest, networks: networks.compactMap { Network($0) }, expiresAt: expires)
        }
    }

    package static func list(tenant: Int32, on connection: Connection) async throws -> [Listed] {
        try await connection.query(list, [tenant]).map { row in
            let (id, name, networks, at, by, expires, revoked) = try row.decode(
                Int32.self, String.self, [String].self, Date.self, String.self, Date?.self, Date?.self)
            return Listed(
                id: id, name: name, networks: networks, createdAt: at, createdBy: by, expiresAt: expires, revokedAt: revoked)
        }
    }

    /// Keeps the digest of a new key; throws `check_violation` for a third valid one.
    package static func add(
        name: String, digest: [UInt8], networks: [Network], tenant: Int32, who: String, expires: Date?, on connection: Connection
    ) async throws -> Int32 {
        try await connection.query(add, [tenant, name, digest, networks.map(\.text), who, expires])[0].decode(Int32.self)
    }

    /// False when there is no such key in force.
    package static func revoke(_ id: Int32, tenant: Int32, who: String, on connection: Connection) async throws -> Bool {
        try await connection.query(revoke, [tenant, id, who])[0].decode(Bool.self)
    }

    static let valid = Statement(
        "route.key.valid",
        """
        SELECT k.tenant_id, k.digest, k.networks::text[], k.expires_at
        FROM hub.api_key k
        JOIN hub.tenant t ON t.tenant_id = k.tenant_id AND t.enabled
        WHERE k.purpose = 'route' AND k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true)
        ORDER BY k.tenant_id, k.key_id
        """)

    static let list = Statement(
        "route.key.list",
        """
        SELECT key_id, name, networks::text[], created_at, created_by, expires_at, revoked_at
        FROM hub.api_key WHERE tenant_id = $1 ORDER BY key_id DESC
        """)

    static let add = Statement("route.key.add", "SELECT hub.add_api_key($1, $2, $3, $4::text[]::cidr[], $5, $6)")

    static let revoke = Statement("route.key.revoke", "SELECT hub.revoke_api_key($1, $2, $3)")
}
