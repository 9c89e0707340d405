import Foundation
import Operations
import Postgres

/// The administrator who looks at the pages.
struct BenchOperator: Sendable {
    let name = "bench"
    let password: String
    /// Another one with a password.
    static let other = "bench-other"

    /// Makes the accounts, or gives those of an earlier run new passwords.
    static func make(on database: Database) async throws -> BenchOperator {
        let who = BenchOperator(password: UUID().uuidString)
        let store = OperatorAccountStore(database: database)
        let hash = try PasswordHash(of: who.password)
        let standing = Set(try await store.all().map(\.name))
        for name in [who.name, other] {
            if standing.contains(name) {
                try await store.set(password: hash, of: name, who: who.name)
            } else {
                _ = try await store.add(name: name, role: .administrator, password: hash, who: who.name)
            }
        }
        return who
    }
}
