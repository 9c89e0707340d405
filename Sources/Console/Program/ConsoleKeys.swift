public import Runtime

/// The settings of `console` beyond those every program has; `console config keys` lists them.
public enum ConsoleKeys {
    static let host = ConfigurationKey(
        "console.host", .text, default: "127.0.0.1", "The address on which pages are served; `0.0.0.0` for all.")
    static let port = ConfigurationKey(
        "console.port", .integer(0...65535), default: "8100", "The port for them; 0 takes a free one and logs it.")
    static let certificate = ConfigurationKey(
        "console.certificate_file", .readableFile,
        "PEM file of the certificate chain. Without it pages come without TLS: to browsers on this machine, or to a proxy with TLS before them."
    )
    static let key = ConfigurationKey("console.key_file", .privateKey, "PEM file of the certificate's private key.")
    static let publicURL = ConfigurationKey(
        "console.public_url", .url,
        "Where browsers find the console, such as `https://console.example`. Needed behind a proxy with TLS, and for signing in by OpenID Connect."
    )
    static let proxies = ConfigurationKey(
        "console.trusted_proxies", .text,
        "Networks of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, separated by commas: sign-ins are slowed down for each address."
    )
    static let idle = ConfigurationKey(
        "console.session.idle", .duration(.seconds(60)...(.seconds(7 * 86_400))), default: "1h",
        "A session ends after so long without a request.")
    static let longest = ConfigurationKey(
        "console.session.longest", .duration(.seconds(300)...(.seconds(30 * 86_400))), default: "12h",
        "A session ends after so long in any case.")
    static let passwords = ConfigurationKey(
        "console.passwords", .boolean, default: "true",
        "Whether local operators may sign in with their passwords; off leaves OpenID Connect alone.")
    static let live = ConfigurationKey(
        "console.live_connections", .integer(1...100_000), default: "200",
        "Browsers that this instance keeps up to date at once; others show pages as they were loaded.")
    static let actions = ConfigurationKey(
        "console.actions_per_minute", .integer(1...10_000), default: "30", "Actions of one operator on this instance in a minute."
    )

    static let issuer = ConfigurationKey(
        "console.oidc.issuer", .url,
        "Identity provider to sign in with, by its issuer: `https://login.microsoftonline.com/DIRECTORY/v2.0`. Without it there are local operators only."
    )
    static let client = ConfigurationKey("console.oidc.client_id", .text, "The console's application there.")
    static let secret = ConfigurationKey("console.oidc.client_secret", .secret, "Its secret.")
    static let authority = ConfigurationKey(
        "console.oidc.ca_file", .certificates, "PEM file of a further authority to trust for the provider's certificate.")
    static let providerName = ConfigurationKey(
        "console.oidc.name", .text, default: "Microsoft", "What the button calls the provider.")
    static let rolesClaim = ConfigurationKey(
        "console.oidc.roles_claim", .text, default: "roles", "The claim of the token that lists roles.")
    static let viewer = ConfigurationKey(
        "console.oidc.viewer", .text, default: "Trunkline.Viewer", "The value of that claim that makes a viewer.")
    static let `operator` = ConfigurationKey(
        "console.oidc.operator", .text, default: "Trunkline.Operator", "The one that makes an operator.")
    static let administrator = ConfigurationKey(
        "console.oidc.administrator", .text, default: "Trunkline.Administrator", "The one that makes an administrator.")

    static let all: [any DeclaredKey] = [
        host, port, certificate, key, publicURL, proxies, idle, longest, passwords, live, actions, issuer, client, secret,
        authority,
        providerName, rolesClaim, viewer, `operator`, administrator,
    ]
}

extension ConfigurationSchema {
    /// Everything `console` can be told.
    public static let console = common.adding(ConsoleKeys.all)
}
