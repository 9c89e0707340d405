/// Everything that can be set about the simulated environment. The defaults are the published limits and no latency.
public struct DataverseConfiguration: Sendable {
    /// Ids are drawn from it, so that two runs with one seed answer the same.
    public var seed: UInt64 = 1
    /// The Entra directory, as a guid; the name `demo.example` is taken for it as well.
    public var directory = "11111111-2222-4333-8444-555555555555"
    public var directoryName = "demo.example"
    public var organization = "99999999-0000-4000-8000-000000000001"
    /// Application users that may sign in.
    public var applications: [DataverseApplication] = [.demo]
    /// Who can sign in through the browser.
    public var users = DirectoryUser.demo
    /// Prefix of custom columns.
    public var customPrefix = "enr_"
    /// Columns added to the standard tables; nil is `DataverseCustomColumn.standard(prefix:)`.
    public var customColumns: [DataverseCustomColumn]?
    /// Standard tables that the environment lacks, as `lead` without the Sales apps.
    public var absentTables: Set<String> = []
    /// Alternate keys as `(table, columns)`.
    public var alternateKeys: [(table: String, columns: [String])] = []
    /// Virtual web servers; each has windows of its own.
    public var servers = 4
    /// How requests without the affinity cookie are spread over the servers.
    public var balancing = DataverseBalancing.random
    /// Environment URLs a token may be asked for besides those on the sign-in host itself.
    public var resources: [String] = []
    public var limits = DataverseLimits()
    public var latency = DataverseLatency.off
    /// Lifetime of a token in simulated seconds; nil draws one between 60 and 90 minutes.
    public var tokenLifetime: Double?
    /// Whether the times of client assertions are compared with the sandbox's wall clock instead of the real one: as for a client whose clock is wrong.
    public var judgesAssertionsByItsClock = false
    /// Requests in flight that write one row make one of them the victim of SQL error 1205.
    public var deadlocks = false
    /// Whether a completed or cancelled phone call still takes updates that change no state.
    public var updatesOfClosedActivities = true
    /// How long, in simulated seconds, the index of a new alternate key takes to be built.
    public var keyActivationSeconds = 1.0
    /// How long, in simulated seconds, new tables and columns stay unseen by metadata reads without `Consistency: Strong`.
    /// The real service caches for up to half a minute.
    public var metadataCacheSeconds = 0.0
    /// `x-ms-dop-hint`.
    public var parallelismHint = 4

    public init() {}
}

/// An app registration with an application user behind it.
public struct DataverseApplication: Sendable {
    public var clientID: String
    /// All valid at once, so that a secret can be rotated.
    public var secrets: [String]
    /// Secrets that were once valid: AADSTS7000222.
    public var expiredSecrets: [String] = []
    /// Certificates, as PEM text, whose keys may sign client assertions.
    public var certificates: [String] = []
    /// Where the sign-in page may send browsers back to, beside any address on this machine.
    public var redirectURIs: [String] = []
    /// The systemuser row; nil leaves the application without a user in this environment (403).
    public var userID: String?

    public init(clientID: String, secrets: [String], certificates: [String] = [], userID: String? = nil) {
        self.clientID = clientID
        self.secrets = secrets
        self.certificates = certificates
        self.userID = userID
    }

    public static let demo = DataverseApplication(
        clientID: "22222222-3333-4444-8555-666666666666", secrets: ["demo-secret-one", "demo-secret-two"],
        userID: "33333333-4444-4555-8666-777777777777")
}

/// How a request without the affinity cookie finds its server.
public enum DataverseBalancing: String, Sendable, CaseIterable {
    case random, roundRobin
}

/// Service protection: per user and web server.
public struct DataverseLimits: Sendable {
    public var enabled = true
    /// Length of the sliding window in simulated seconds.
    public var window: Double = 300
    public var requests = 6000
    /// Combined execution time in a window, seconds.
    public var executionTime: Double = 1200
    /// Requests at once.
    public var concurrency = 52

    public init() {}

    public static var off: DataverseLimits {
        var limits = DataverseLimits()
        limits.enabled = false
        return limits
    }
}

/// Execution times in simulated seconds. Zero is no waiting at all.
public struct DataverseLatency: Sendable {
    public var read = 0.0
    public var create = 0.0
    public var update = 0.0
    public var delete = 0.0
    /// A customisation; while one runs others are refused.
    public var metadata = 0.0
    /// For each row but the first of a bulk message.
    public var bulkRow = 0.0
    /// For each row a query returns.
    public var row = 0.0
    /// Both ways together; costs no execution time on the server.
    public var network = 0.0

    public init() {}

    public static var off: DataverseLatency { DataverseLatency() }

    /// Reads 40 ms, creates 150 ms, updates and deletes 60 ms, customisations 3 s, network 20 ms.
    public static var typical: DataverseLatency {
        var latency = DataverseLatency()
        latency.read = 0.040
        latency.create = 0.150
        latency.update = 0.060
        latency.delete = 0.060
        latency.metadata = 3
        latency.bulkRow = 0.010
        latency.network = 0.020
        return latency
    }
}
