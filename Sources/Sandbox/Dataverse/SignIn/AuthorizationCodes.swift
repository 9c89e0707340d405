import Synchronization

/// Codes that were given out and not yet taken back: each is good once, for ten minutes.
final class AuthorizationCodes: Sendable {
    struct Grant: Sendable {
        let user: DirectoryUser
        let clientID: String
        let redirect: String
        let nonce: String?
        /// Of PKCE; nil: the client sent none.
        let challenge: String?
        /// In the clock's elapsed seconds.
        let expires: Double
    }

    private let grants = Mutex<[String: Grant]>([:])
    private let spent = Mutex<Set<String>>([])

    func add(_ code: String, _ grant: Grant) { grants.withLock { $0[code] = grant } }

    /// The grant of a code, which is spent by that.
    func take(_ code: String) -> Grant? {
        guard let grant = grants.withLock({ $0.removeValue(forKey: code) }) else { return nil }
        spent.withLock { _ = $0.insert(code) }
        return grant
    }

    func isSpent(_ code: String) -> Bool { spent.withLock { $0.contains(code) } }
}
