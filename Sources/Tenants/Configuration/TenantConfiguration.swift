import AsyncHTTPClient
package import Dynamics
package import Enreach
package import Runtime

/// One entry of `tenants`, read and checked.
package struct TenantConfiguration: Sendable {
    package let name: String
    package let enreach: EnreachConfiguration
    package let dynamics: DynamicsConfiguration
    /// When the credentials of `dynamics` end, in their order.
    package let credentialEnds: [CredentialEnd]
    package let limits: BudgetLimits
    package let webhookToken: Secret?
    package let dynamicsWebhookToken: Secret?
    package let enreachAuthority: CertificateFile?
    package let dynamicsAuthority: CertificateFile?

    /// All entries of a program's configuration.
    package static func all(_ configuration: ProgramConfiguration) throws(ConfigurationError) -> [TenantConfiguration] {
        var all: [TenantConfiguration] = []
        for entry in configuration.elements(of: "tenants") { all.append(try TenantConfiguration(entry)) }
        return all
    }

    /// Reads one entry. Throws ``ConfigurationError`` that names the key and what to do.
    package init(_ entry: ProgramConfiguration) throws(ConfigurationError) {
        name = entry.name
        enreachAuthority = try entry.optional(TenantKeys.enreachAuthority)
        dynamicsAuthority = try entry.optional(TenantKeys.dynamicsAuthority)
        webhookToken = try entry.optional(TenantKeys.webhookToken)
        dynamicsWebhookToken = try entry.optional(TenantKeys.dynamicsWebhookToken)
        enreach = try Self.enreach(entry)
        (dynamics, credentialEnds) = try Self.dynamics(entry)
        limits = BudgetLimits(
            windowSeconds: try entry.value(TenantKeys.window) / .seconds(1), requests: try entry.value(TenantKeys.requests),
            executionSeconds: Double(try entry.value(TenantKeys.execution)),
            concurrency: try entry.value(TenantKeys.concurrency),
            timeScale: Double(try entry.value(TenantKeys.timeScale)))
    }

    private static func enreach(_ entry: ProgramConfiguration) throws(ConfigurationError) -> EnreachConfiguration {
        let key = try entry.optional(TenantKeys.enreachKey)
        let password = try entry.optional(TenantKeys.enreachPassword)
        guard let secret = key ?? password else {
            throw entry.error(
                TenantKeys.enreachKey, "is not set, nor is enreach.password",
                remedy: "add enreach.secret_key_file to the tenant")
        }
        let isKey = key != nil
        let address = try address(entry)
        var configuration = EnreachConfiguration(address: address, username: try entry.value(TenantKeys.enreachUser)) {
            let text = secret.current().reveal()
            return isKey ? .secretKey(text) : .password(text)
        }
        do throws(UnknownName) {
            configuration.fields = try FieldMap(overrides: entry.map("enreach.names"))
        } catch {
            throw unusable(error, in: "enreach.names", of: entry)
        }
        do throws(UnknownName) {
            configuration.requests = try RequestMap(
                overrides: entry.map("enreach.requests").mapValues { $0.joined(separator: ",") })
        } catch {
            throw unusable(error, in: "enreach.requests", of: entry)
        }
        return configuration
    }

    private static func unusable(_ error: UnknownName, in section: String, of entry: ProgramConfiguration) -> ConfigurationError {
        let key = ConfigurationKey("\(section).\(error.name)", .texts, "A name in Enreach.")
        return entry.error(key, "can't be used: \(error)", remedy: "correct the name, give it a value, or take the line out")
    }

    private static func address(_ entry: ProgramConfiguration) throws(ConfigurationError) -> EnreachConfiguration.Address {
        let discovery = try entry.value(TenantKeys.enreachDiscovery)
        let api = try entry.optional(TenantKeys.enreachAPI)
        for (key, url) in [(TenantKeys.enreachDiscovery, discovery), (TenantKeys.enreachAPI, api ?? discovery)]
        where !EnreachConfiguration.isAcceptable(url) {
            throw entry.error(
                key, "would have the API user's key sent in clear", remedy: "give an https address; http only to this machine")
        }
        return api.map { .api(url: $0) } ?? .discovery(url: discovery)
    }

    private static func dynamics(
        _ entry: ProgramConfiguration
    ) throws(ConfigurationError) -> (DynamicsConfiguration, [CredentialEnd]) {
        var credentials: [DynamicsCredential] = []
        var ends: [CredentialEnd] = []
        let slots = [
            (TenantKeys.clientSecret, TenantKeys.secretEnds, TenantKeys.certificate, TenantKeys.key),
            (TenantKeys.secondSecret, TenantKeys.secondSecretEnds, TenantKeys.secondCertificate, TenantKeys.secondKey),
        ]
        for (secretKey, endKey, certificateKey, keyKey) in slots {
            if let secret = try entry.optional(secretKey) {
                let credential = secret.file.map { DynamicsCredential.secretFile($0) } ?? .secret(secret.reveal())
                try check(entry, secretKey, remedy: "put the application's secret there") { try credential.validate() }
                credentials.append(credential)
                ends.append(.secret(key: endKey.name, end: try entry.optional(endKey)))
            }
            guard let certificate = try entry.optional(certificateKey) else { continue }
            guard let key = try entry.optional(keyKey) else {
                throw entry.error(certificateKey, "has no key beside it", remedy: "add \(keyKey.name)")
            }
            let credential = DynamicsCredential.certificate(certificateFile: certificate, keyFile: key.path)
            let remedy = "name a PEM file with the application's RSA certificate, and one with its key"
            try check(entry, certificateKey, fault: (key.path, keyKey), remedy: remedy) { try credential.validate() }
            credentials.append(credential)
            ends.append(.certificate(file: certificate))
        }
        var configuration = DynamicsConfiguration(
            url: try entry.value(TenantKeys.dynamicsURL), directoryID: try entry.value(TenantKeys.directory),
            clientID: try entry.value(TenantKeys.client), credentials: credentials)
        configuration.authority = try entry.value(TenantKeys.authority)
        configuration.certificateAuthorityFile = try entry.optional(TenantKeys.dynamicsAuthority)?.path
        let keyAtFault: any DeclaredKey =
            if !DynamicsConfiguration.isAcceptable(configuration.url) {
                TenantKeys.dynamicsURL
            } else if !DynamicsConfiguration.isAcceptable(configuration.authority) {
                TenantKeys.authority
            } else if configuration.directoryID.isEmpty { TenantKeys.directory } else if configuration.clientID.isEmpty {
                TenantKeys.client
            } else if credentials.isEmpty { TenantKeys.clientSecret } else { TenantKeys.dynamicsAuthority }
        try check(entry, keyAtFault, remedy: "correct the dynamics part of the tenant") { try configuration.validate() }
        return (configuration, ends)
    }

    /// Runs a check of the Dynamics client; what it throws becomes an error of the key, or of the other one when that one's file is at fault.
    private static func check(
        _ entry: ProgramConfiguration, _ key: any DeclaredKey, fault other: (file: String, key: any DeclaredKey)? = nil,
        remedy: String, _ body: () throws -> Void
    ) throws(ConfigurationError) {
        do {
            try body()
        } catch {
            let error = error as? DynamicsError ?? DynamicsError(.configuration, "\(error)")
            let isOther = other.map { $0.file == error.file } ?? false
            throw entry.error(isOther ? other?.key ?? key : key, error.operatorText, remedy: remedy)
        }
    }
}
