import FoundationEssentials

/// Where one Enreach organisation is reached, as whom, and how patiently.
public struct EnreachConfiguration: Sendable {
    /// How the address of the organisation's API is found.
    public enum Address: Sendable {
        /// Ask the discovery service by user name; the address is kept for ``EnreachConfiguration/discoveryLifetime``.
        case discovery(url: String)
        /// A fixed API address, for test environments and simulators.
        case api(url: String)

        /// The vendor's public discovery service.
        public static let publicDiscovery = Address.discovery(url: "https://discover.enreachvoice.com")
    }

    public var address: Address
    /// The API user's log-on name, e-mail form.
    public var username: String
    /// Asked for at the first request and again after a 401, so that a credential changed in its file takes effect
    /// without a restart.
    public var credential: @Sendable () async throws -> EnreachCredential
    public var retry: RetryPolicy = .init()
    /// Names the vendor's public text leaves open, changeable without a release.
    public var fields: FieldMap = .standard
    public var requests: RequestMap = .standard
    /// From sending a request to the last byte of its answer, per attempt.
    public var requestTimeout: Duration = .seconds(60)
    /// An answer over this many bytes is refused rather than collected in memory.
    public var largestAnswer: Int = 256 * 1024 * 1024
    /// How long a discovered address is used before it is asked for again.
    public var discoveryLifetime: Duration = .seconds(3600)
    /// A window asked for at once is never wider than this (the vendor's limit is 31 days).
    public var widestWindow: Duration = .seconds(31 * 86400)

    public init(
        address: Address = .publicDiscovery, username: String,
        credential: @escaping @Sendable () async throws -> EnreachCredential
    ) {
        self.address = address
        self.username = username
        self.credential = credential
    }

    /// A configuration whose credential never changes.
    public init(address: Address = .publicDiscovery, username: String, credential: EnreachCredential) {
        self.init(address: address, username: username, credential: { credential })
    }
}

extension EnreachConfiguration {
    /// Whether the user's key may be sent to an address: https anywhere, http only to this machine.
    public static func isAcceptable(_ address: String) -> Bool {
        guard let parts = URLComponents(string: address), let host = parts.host, !host.isEmpty, parts.query == nil,
            parts.fragment == nil
        else { return false }
        switch parts.scheme?.lowercased() {
        case "https": return true
        case "http": return ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host.lowercased())
        default: return false
        }
    }
}
