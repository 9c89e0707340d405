public import Foundation

/// How a sandbox is started.
public struct SandboxConfiguration: Sendable {
    public var host = "127.0.0.1"
    /// Ports; 0 takes a free one.
    public var enreachPort = 0
    public var dataversePort = 0
    public var adminPort = 0
    public var tls = SandboxTLS.none
    /// Everything drawn at random follows from it.
    public var seed: UInt64 = 1
    /// Simulated seconds in a real one, for limits, delays and life times. The wall clock keeps real time.
    public var speed: Double = 1
    /// What the wall clock shows at the start; nil is the real time.
    public var start: Date?
    public var enreach = EnreachCloudConfiguration()
    public var dataverse = DataverseConfiguration()
    public var faults: [Fault] = []
    /// Loaded before the ports open.
    public var scenario: ScenarioRequest?

    public init() {}
}

/// What the two vendors' ports speak. The admin door is always plain.
public enum SandboxTLS: Sendable {
    case none
    /// PEM files: the certificate chain, and its key.
    case files(certificate: String, key: String)
    /// A certificate authority made for this run; its certificate is written into the folder as `ca.pem`.
    case selfSigned(folder: String)
}

/// Where a running sandbox is found.
public struct SandboxAddresses: Codable, Sendable, Equatable {
    /// `ready`, always: makes the line recognisable.
    public var sandbox = "ready"
    /// The API's base address, as discovery tells it, without the trailing slash.
    public var enreach: String
    /// Root under which `/api/user?user=` stands.
    public var enreachDiscovery: String
    /// Root under which `/api/data/v9.2/` stands.
    public var dataverse: String
    /// Root under which `/{directory}/oauth2/v2.0/token` stands.
    public var authority: String
    /// Root under which `/admin/` stands.
    public var admin: String
    /// File with the certificate authority, with `--tls self-signed`.
    public var ca: String?

    private enum CodingKeys: String, CodingKey {
        case sandbox, enreach
        case enreachDiscovery = "enreach_discovery"
        case dataverse, authority, admin, ca
    }

    /// One line of JSON, with plain slashes and the members in a fixed order.
    public var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self)
    }
}
