import AsyncHTTPClient
public import Dynamics
public import Enreach
public import Runtime

/// One entry of `tenants`, read and checked.
public struct TenantConfiguration: Sendable {
    public let name: String
    public let enreach: EnreachConfiguration
    public let dynamics: DynamicsConfiguration
    public let limits: BudgetLimits
    public let webhookToken: Secret?
    let enreachAuthority: CertificateFile?
    let dynamicsAuthority: CertificateFile?

    /// All entries of a program's configuration.
    public static func all(_ configuration: ProgramConfiguration) throws(ConfigurationError) -> [TenantConfiguration] {
        var all: [TenantConfiguration] = []
        for entry in configuration.elements(of: "tenants") { all.append(try TenantConfiguration(entry)) }
        return all
    }

    /// Reads one entry. Throws ``ConfigurationError`` that names the key and what to do.
    public init(_ entry: ProgramConfiguration) throws(ConfigurationError) {
        name = entry.name
        enreachAuthority = try entry.optional(CallSyncKeys.enreachAuthority)
        dynamicsAuthority = try entry.optional(CallSyncKeys.dynamicsAuthority)
        webhookToken = try entry.optional(CallSyncKeys.webhookToken)
        enreach = try Self.enreach(entry)
        dynamics = try Self.dynamics(entry)
        limits = BudgetLimits(
            windowSeconds: try entry.value(CallSyncKeys.window) / .seconds(1), requests: try entry.value(CallSyncKeys.requests),
            executionSeconds: Double(try entry.value(CallSyncKeys.execution)),
            concurrency: try entry.value(CallSyncKeys.concurrency),
            timeScale: Double(try entry.value(CallSyncKeys.timeScale)))
    }

    private static func enreach(_ entry: ProgramConfiguration) throws(ConfigurationError) -> EnreachConfiguration {
        let key = try entry.optional(CallSyncKeys.enreachKey)
        let password = try entry.optional(CallSyncKeys.enreachPassword)
        guard let secret = key ?? password else {
            throw entry.error(
                CallSyncKeys.enreachKey, "is not set, nor is enreach.password",
                remedy: "add enreach.secret_key_file to the tenant")
        }
        let isKey = key != nil
        let address = try address(entry)
        var configuration = EnreachConfiguration(address: address, username: try entry.value(CallSyncKeys.enreachUser)) {
            let text = secret.current().reveal()
            return isKey ? .secretKey(text) : .password(text)
        }
        do {
            configuration.fields = try FieldMap(overrides: entry.map("enreach.names"))
            configuration.requests = try RequestMap(
                overrides: entry.map("enreach.requests").mapValues { $0.joined(separator: ",") })
        } catch {
            throw entry.error(
                CallSyncKeys.enreachUser, "a name under enreach can't be used: \(error)",
                remedy: "correct enreach.names or enreach.requests")
        }
        return configuration
    }

    private static func address(_ entry: ProgramConfiguration) throws(ConfigurationError) -> EnreachConfiguration.Address {
        let discovery = try entry.value(CallSyncKeys.enreachDiscovery)
        let api = try entry.optional(CallSyncKeys.enreachAPI)
        for (key, url) in [(CallSyncKeys.enreachDiscovery, discovery), (CallSyncKeys.enreachAPI, api ?? discovery)]
        where !EnreachConfiguration.isAcceptable(url) {
            throw entry.error(
                key, "would have the API user's key sent in clear", remedy: "give an https address; http only to this machine")
        }
        return api.map { .api(url: $0) } ?? .discovery(url: discovery)
    }

    private static func dynamics(_ entry: ProgramConfiguration) throws(ConfigurationError) -> DynamicsConfiguration {
        var credentials: [DynamicsCredential] = []
        let slots = [
            (CallSyncKeys.clientSecret, CallSyncKeys.certificate, CallSyncKeys.key),
            (CallSyncKeys.secondSecret, CallSyncKeys.secondCertificate, CallSyncKeys.secondKey),
        ]
        for (secretKey, certificateKey, keyKey) in slots {
            if let secret = try entry.optional(secretKey) {
                credentials.append(secret.file.map { .secretFile($0) } ?? .secret(secret.reveal()))
            }
            guard let certificate = try entry.optional(certificateKey) else { continue }
            guard let key = try entry.optional(keyKey) else {
                throw entry.error(certificateKey, "has no key beside it", remedy: "add \(keyKey.name)")
            }
            credentials.append(.certificate(certificateFile: certificate, keyFile: key.path))
        }
        var configuration = DynamicsConfiguration(
            url: try entry.value(CallSyncKeys.dynamicsURL), directoryID: try entry.value(CallSyncKeys.directory),
            clientID: try entry.value(CallSyncKeys.client), credentials: credentials)
        configuration.authority = try entry.value(CallSyncKeys.authority)
        configuration.certificateAuthorityFile = try entry.optional(CallSyncKeys.dynamicsAuthority)?.path
        do {
            try configuration.validate()
        } catch let error as DynamicsError {
            throw entry.error(CallSyncKeys.dynamicsURL, error.operatorText, remedy: "correct the dynamics part of the tenant")
        } catch {
            throw entry.error(CallSyncKeys.dynamicsURL, "\(error)", remedy: "correct the dynamics part of the tenant")
        }
        return configuration
    }
}
