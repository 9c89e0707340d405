import NIOCore
import NIOPosix
import Operations

/// Looks at passwords: a few at once, off the event loops, and as long for names that nobody has.
struct PasswordCheck: Sendable {
    private let gate: Gate
    private let cost: PasswordHash.Cost
    /// Stands for the hash of a name that nobody has.
    private let nobody: PasswordHash?

    /// - Parameter most: checks at once; each takes memory.
    init(cost: PasswordHash.Cost = .standard, most: Int = 8) {
        self.cost = cost
        gate = Gate(most: most)
        nobody = try? PasswordHash(of: "", cost: cost)
    }

    /// Whether the password fits the hash as it is stored; nil: there is none, which takes as long to say.
    ///
    /// - Throws: 429 when too many are under way.
    func fits(_ password: String, stored: String?) async throws -> Bool {
        guard gate.enter() else { throw ConsoleError.tooMany }
        defer { gate.leave() }
        let known = stored.flatMap(PasswordHash.init)
        guard let hash = known ?? nobody, password.utf8.count <= PasswordRule.longest else { return false }
        let fits = try await NIOThreadPool.singleton.runIfActive { try hash.fits(password) }
        return known != nil && fits
    }

    /// A hash for a new password.
    func hash(_ password: String) async throws -> PasswordHash {
        guard gate.enter() else { throw ConsoleError.tooMany }
        defer { gate.leave() }
        return try await NIOThreadPool.singleton.runIfActive { [cost] in try PasswordHash(of: password, cost: cost) }
    }
}
