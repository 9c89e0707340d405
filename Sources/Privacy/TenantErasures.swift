import FoundationEssentials
package import Postgres

/// What a program knows of a tenant's erased numbers.
package struct TenantErasures: Sendable {
    /// `hub.tenant.erasure_version` they were read at; 0 = nothing was ever erased.
    package let version: Int32
    package let numbers: ErasedNumbers
    /// Why some of them can't be told, in an operator's words: nothing may be taken in then. Nil: all can.
    package let problem: String?

    package static let none = TenantErasures(version: 0, numbers: .none, problem: nil)

    package init(version: Int32, numbers: ErasedNumbers, problem: String? = nil) {
        self.version = version
        self.numbers = numbers
        self.problem = problem
    }
}

/// Reads tombstones.
package enum ErasedNumberStore {
    package static let read = Statement("erased_numbers", "SELECT digest, key_id FROM hub.erased_number WHERE tenant_id = $1")
    package static let version = Statement("erasure_version", "SELECT erasure_version FROM hub.tenant WHERE tenant_id = $1")
    package static let statements = [read, version]

    /// The tombstones as they are. Reads nothing of a tenant for whom none was ever set.
    ///
    /// - Parameter version: the tenant's, read before: what is read now may be newer, which the next look tells.
    package static func read(
        tenant: Int32, named name: String, version: Int32, keys: PrivacyKeySource, on connection: Connection
    ) async throws -> TenantErasures {
        guard version > 0 else { return .none }
        var digests: [String: Set<[UInt8]>] = [:]
        for row in try await connection.query(read, [tenant]) {
            let (digest, key) = try row.decode([UInt8].self, String.self)
            digests[key, default: []].insert(digest)
        }
        let keyring = keys.keyring()
        let known = digests.compactMap { id, digests in keyring.key(id).map { (key: $0, digests: digests) } }
        return TenantErasures(
            version: version, numbers: ErasedNumbers(tenant: name, digests: known),
            problem: problem(missing: digests.keys.filter { keyring.key($0) == nil }.sorted(), keyring))
    }

    private static func problem(missing: [String], _ keyring: PrivacyKeyring) -> String? {
        guard !missing.isEmpty else { return nil }
        let what =
            keyring.keys.isEmpty
            ? "this program has no privacy key" : "this program lacks privacy key \(missing.joined(separator: " "))"
        return
            "numbers were erased and \(what), so it can't tell them again: nothing is taken in or written until privacy.key_file names it"
    }
}
