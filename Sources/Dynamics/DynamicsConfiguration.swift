/// How to reach and to treat one Dynamics environment.
public struct DynamicsConfiguration: Sendable {
    /// The environment's root, for example `https://contoso.crm4.dynamics.com`; a trailing slash does no harm.
    /// Plain `http` is refused unless the host is loopback.
    public var url: String
    /// The Web API's version in the path.
    public var apiVersion = "v9.2"
    /// The sign-in service's root.
    public var authority = "https://login.microsoftonline.com"
    /// The Entra tenant: a GUID or a verified domain.
    public var directoryID: String
    /// The application (client) id.
    public var clientID: String
    /// One or two credentials. The second is tried when the first is refused or can't be read, so that a secret rotates without a restart.
    public var credentials: [DynamicsCredential]
    /// Whether to ask the authority's discovery document for the token endpoint; without it the well-known path is used.
    public var usesDiscovery = false
    /// The scope of the token; nil means the environment's root plus `/.default`.
    public var scope: String?
    /// PEM file with the certificate authorities to trust for environment and authority; nil means the system's.
    public var certificateAuthorityFile: String?
    /// Each token is renewed this long before it ends (but at the earliest after half its life).
    public var renewalMargin: Duration = .seconds(300)
    /// The longest a request may take; the service itself cuts at about two minutes.
    public var requestTimeout: Duration = .seconds(130)
    /// The longest a sign-in may take.
    public var signInTimeout: Duration = .seconds(30)
    /// Most change sets (and lone changes) in one `$batch`; longer lists are sent as several requests at once. Several smaller requests
    /// spread better over the web servers than one big one, and stay clear of the two minutes.
    public var changeSetsPerRequest = 25
    /// Most reads in one `$batch`.
    public var readsPerRequest = 250
    /// How often a request is repeated by the client itself after a 429 (each waits for the budget) or a lost token.
    public var throttleRetries = 2
    /// Answers larger than this are refused as malformed.
    public var maximumResponseBytes = 64 << 20
    /// What an operation is taken to cost in execution seconds until enough was measured.
    public var firstGuess = OperationCosts(read: 0.04, change: 0.15)

    public init(url: String, directoryID: String, clientID: String, credentials: [DynamicsCredential]) {
        self.url = url
        self.directoryID = directoryID
        self.clientID = clientID
        self.credentials = credentials
    }
}

/// Execution seconds of single operations.
public struct OperationCosts: Sendable, Hashable {
    public var read: Double
    public var change: Double

    public init(read: Double, change: Double) {
        self.read = read
        self.change = change
    }
}
