import Foundation
import Operations
import Runtime

/// What the configuration says of the identity provider.
struct OpenIDSettings: Sendable {
    var name = "Microsoft"
    /// As tokens name it, without a slash at the end.
    var issuer: String
    var clientID: String
    var secret: Secret
    var rolesClaim = "roles"
    /// The claim's value that gives each role.
    var roles: [OperatorRole: String] = [
        .viewer: "Trunkline.Viewer", .operator: "Trunkline.Operator", .administrator: "Trunkline.Administrator",
    ]

    init(issuer: String, clientID: String, secret: Secret) {
        (self.issuer, self.clientID, self.secret) = (issuer, clientID, secret)
    }

    /// Nil: there is no provider.
    ///
    /// - Throws: `ConfigurationError` for one that is named in part, or whose talk could be heard on the way.
    init?(_ configuration: ProgramConfiguration, publicURL: String?) throws(ConfigurationError) {
        guard let issuer = try configuration.optional(ConsoleKeys.issuer) else { return nil }
        guard let client = try configuration.optional(ConsoleKeys.client) else {
            throw configuration.error(ConsoleKeys.issuer, "stands without console.oidc.client_id", remedy: "set it, too")
        }
        guard let secret = try configuration.optional(ConsoleKeys.secret) else {
            throw configuration.error(ConsoleKeys.issuer, "stands without console.oidc.client_secret_file", remedy: "set it, too")
        }
        guard Self.isPrivate(issuer) else {
            throw configuration.error(
                ConsoleKeys.issuer, "is reached without TLS", remedy: "give an address that begins with https://")
        }
        guard publicURL != nil else {
            throw configuration.error(
                ConsoleKeys.issuer, "needs to know where browsers come back to", remedy: "set console.public_url, too")
        }
        self.init(issuer: issuer, clientID: client, secret: secret)
        name = try configuration.value(ConsoleKeys.providerName)
        rolesClaim = try configuration.value(ConsoleKeys.rolesClaim)
        roles = [
            .viewer: try configuration.value(ConsoleKeys.viewer), .operator: try configuration.value(ConsoleKeys.operator),
            .administrator: try configuration.value(ConsoleKeys.administrator),
        ]
    }

    /// TLS, or this very machine.
    static func isPrivate(_ url: String) -> Bool {
        if url.hasPrefix("https://") { return true }
        return URL(string: url)?.host.map { ["localhost", "127.0.0.1", "::1"].contains($0) } ?? false
    }

    /// The highest role that the claim's values give; nil: none.
    func role(_ values: [String]) -> OperatorRole? {
        OperatorRole.allCases.sorted(by: >).first { role in roles[role].map(values.contains) ?? false }
    }
}
