import Foundation
import Operations
import Postgres

/// The administrator who looks at the pages.
struct BenchOperator: Sendable {
    let name = "bench"
    let password: String

    /// Makes the account, or gives that of an earlier run a new password.
    static func make(on database: Database) async throws -> BenchOperator {
        let who = BenchOperator(password: UUID().uuidString)
        let store = OperatorAccountStore(database: database)
        let hash = try PasswordHash(of: who.password)
        if try await store.all().contains(where: { $0.name == who.name }) {
            try await store.set(password: hash, of: who.name, who: who.name)
        } else {
            _ = try await store.add(name: who.name, role: .administrator, password: hash, who: who.name)
        }
        return who
    }
}
