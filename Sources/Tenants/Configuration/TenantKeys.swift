package import Runtime

/// What a program is told of each tenant: an entry of `tenants` in its configuration.
package enum TenantKeys {
    package static let name = ConfigurationKey("name", .text, required: true, "Name of the tenant, as in `trunkline tenants`.")
    package static let enreachDiscovery = ConfigurationKey(
        "enreach.discovery", .url, default: "https://discover.enreachvoice.com", "Enreach's discovery service.")
    package static let enreachAPI = ConfigurationKey(
        "enreach.api", .url, "Address of the Enreach API, where it shall not be discovered.")
    package static let enreachUser = ConfigurationKey(
        "enreach.username", .text, required: true, "Log-on name of the API user in Enreach.")
    package static let enreachKey = ConfigurationKey("enreach.secret_key", .secret, "The API user's secret key.")
    package static let enreachPassword = ConfigurationKey(
        "enreach.password", .secret, "The API user's password, where there is no secret key: it is exchanged for one.")
    package static let enreachAuthority = ConfigurationKey(
        "enreach.ca_file", .certificates, "Further certificate authorities to trust for Enreach.")
    package static let dynamicsURL = ConfigurationKey("dynamics.url", .url, required: true, "The Dynamics environment.")
    package static let authority = ConfigurationKey(
        "dynamics.authority", .url, default: "https://login.microsoftonline.com", "The sign-in service.")
    package static let directory = ConfigurationKey("dynamics.directory_id", .text, required: true, "Entra tenant: id or domain.")
    package static let client = ConfigurationKey("dynamics.client_id", .text, required: true, "Application (client) id.")
    package static let clientSecret = ConfigurationKey("dynamics.client_secret", .secret, "Client secret.")
    package static let secretEnds = ConfigurationKey(
        "dynamics.client_secret_ends", .day,
        "Day on which the client secret ends, as Entra shows it. Metrics and the doctor tell of it; Entra itself does not.")
    package static let certificate = ConfigurationKey(
        "dynamics.certificate_file", .readableFile, "PEM file of the application's certificate.")
    package static let key = ConfigurationKey("dynamics.key_file", .privateKey, "PEM file of the certificate's private key.")
    package static let secondSecret = ConfigurationKey(
        "dynamics.second_client_secret", .secret,
        "Tried when the first credential is refused: a secret rotates without a restart.")
    package static let secondSecretEnds = ConfigurationKey(
        "dynamics.second_client_secret_ends", .day, "As client_secret_ends, of the second one.")
    package static let secondCertificate = ConfigurationKey(
        "dynamics.second_certificate_file", .readableFile, "As certificate_file, tried second.")
    package static let secondKey = ConfigurationKey("dynamics.second_key_file", .privateKey, "As key_file, tried second.")
    package static let dynamicsAuthority = ConfigurationKey(
        "dynamics.ca_file", .certificates, "Further certificate authorities to trust for Dynamics and its sign-in.")
    package static let window = ConfigurationKey(
        "dynamics.budget.window", .duration(.milliseconds(100)...(.seconds(3600))), default: "300s",
        "Window of the service protection limits.")
    package static let requests = ConfigurationKey(
        "dynamics.budget.requests", .integer(1...1_000_000), default: "6000", "Requests a web server takes in a window.")
    package static let execution = ConfigurationKey(
        "dynamics.budget.execution_seconds", .integer(1...1_000_000), default: "1200",
        "Seconds of execution a web server gives in a window.")
    package static let concurrency = ConfigurationKey(
        "dynamics.budget.concurrency", .integer(1...10_000), default: "52", "Requests a web server takes at once.")
    package static let timeScale = ConfigurationKey(
        "dynamics.budget.time_scale", .integer(1...100_000), default: "1",
        "Seconds the service counts for one of ours; other than 1 only against a simulator that runs faster.")
    package static let webhookToken = ConfigurationKey(
        "webhook_token", .secret, "What Enreach's webhooks show in X-Benemen-Token. Without it webhooks are refused.")

    package static let dynamicsWebhookToken = ConfigurationKey(
        "dynamics.webhook_token", .secret,
        "What Dynamics' webhooks show in X-Api-Key or as the code in the address. Without it they are refused.")

    /// The keys of a tenant.
    package static let tenant: [any DeclaredKey] = [
        name, enreachDiscovery, enreachAPI, enreachUser, enreachKey, enreachPassword, enreachAuthority, dynamicsURL, authority,
        directory, client, clientSecret, secretEnds, certificate, key, secondSecret, secondSecretEnds, secondCertificate,
        secondKey,
        dynamicsAuthority, window, requests, execution, concurrency, timeScale, webhookToken,
        dynamicsWebhookToken,
    ]

    /// The list of tenants, for a program's schema.
    package static let list = ConfigurationList("tenants", keys: tenant, maps: ["enreach.names", "enreach.requests"])
}
