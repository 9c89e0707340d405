public import Runtime

/// The settings of `call-sync` beyond those every program has; `call-sync config keys` lists them.
public enum CallSyncKeys {
    public static let listen = ConfigurationKey(
        "jobs.listen", .boolean, default: "true",
        "Whether to hear of new jobs by LISTEN, on a direct connection of its own. Off behind a pooler in transaction mode: jobs are polled for."
    )
    public static let listenURL = ConfigurationKey(
        "jobs.listen_url", .connectionString, "Direct connection to listen on, where `database.url` leads through a pooler.")
    public static let slots = ConfigurationKey(
        "jobs.slots", .integer(1...256), "Handler calls at once. Without it, as many as all kinds of jobs ask for together.")

    // A tenant.
    static let name = ConfigurationKey("name", .text, required: true, "Name of the tenant, as in `trunkline tenants`.")
    static let enreachDiscovery = ConfigurationKey(
        "enreach.discovery", .url, default: "https://discover.enreachvoice.com", "Enreach's discovery service.")
    static let enreachAPI = ConfigurationKey("enreach.api", .url, "Address of the Enreach API, where it shall not be discovered.")
    static let enreachUser = ConfigurationKey(
        "enreach.username", .text, required: true, "Log-on name of the API user in Enreach.")
    static let enreachKey = ConfigurationKey("enreach.secret_key", .secret, "The API user's secret key.")
    static let enreachPassword = ConfigurationKey(
        "enreach.password", .secret, "The API user's password, where there is no secret key: it is exchanged for one.")
    static let enreachAuthority = ConfigurationKey(
        "enreach.ca_file", .certificates, "Further certificate authorities to trust for Enreach.")
    static let dynamicsURL = ConfigurationKey("dynamics.url", .url, required: true, "The Dynamics environment.")
    static let authority = ConfigurationKey(
        "dynamics.authority", .url, default: "https://login.microsoftonline.com", "The sign-in service.")
    static let directory = ConfigurationKey("dynamics.directory_id", .text, required: true, "Entra tenant: id or domain.")
    static let client = ConfigurationKey("dynamics.client_id", .text, required: true, "Application (client) id.")
    static let clientSecret = ConfigurationKey("dynamics.client_secret", .secret, "Client secret.")
    static let certificate = ConfigurationKey(
        "dynamics.certificate_file", .readableFile, "PEM file of the application's certificate.")
    static let key = ConfigurationKey("dynamics.key_file", .privateKey, "PEM file of the certificate's private key.")
    static let secondSecret = ConfigurationKey(
        "dynamics.second_client_secret", .secret,
        "Tried when the first credential is refused: a secret rotates without a restart.")
    static let secondCertificate = ConfigurationKey(
        "dynamics.second_certificate_file", .readableFile, "As certificate_file, tried second.")
    static let secondKey = ConfigurationKey("dynamics.second_key_file", .privateKey, "As key_file, tried second.")
    static let dynamicsAuthority = ConfigurationKey(
        "dynamics.ca_file", .certificates, "Further certificate authorities to trust for Dynamics and its sign-in.")
    static let window = ConfigurationKey(
        "dynamics.budget.window", .duration(.milliseconds(100)...(.seconds(3600))), default: "300s",
        "Window of the service protection limits.")
    static let requests = ConfigurationKey(
        "dynamics.budget.requests", .integer(1...1_000_000), default: "6000", "Requests a web server takes in a window.")
    static let execution = ConfigurationKey(
        "dynamics.budget.execution_seconds", .integer(1...1_000_000), default: "1200",
        "Seconds of execution a web server gives in a window.")
    static let concurrency = ConfigurationKey(
        "dynamics.budget.concurrency", .integer(1...10_000), default: "52", "Requests a web server takes at once.")
    static let timeScale = ConfigurationKey(
        "dynamics.budget.time_scale", .integer(1...100_000), default: "1",
        "Seconds the service counts for one of ours; other than 1 only against a simulator that runs faster.")
    static let webhookToken = ConfigurationKey(
        "webhook_token", .secret, "What Enreach's webhooks show in X-Benemen-Token. Without it webhooks are refused.")

    /// The keys of a tenant.
    static let tenant: [any DeclaredKey] = [
        name, enreachDiscovery, enreachAPI, enreachUser, enreachKey, enreachPassword, enreachAuthority, dynamicsURL, authority,
        directory, client, clientSecret, certificate, key, secondSecret, secondCertificate, secondKey, dynamicsAuthority, window,
        requests, execution, concurrency, timeScale, webhookToken,
    ]
}

extension ConfigurationSchema {
    /// Everything `call-sync` can be told.
    public static let callSync = common.adding(
        [CallSyncKeys.listen, CallSyncKeys.listenURL, CallSyncKeys.slots],
        lists: [ConfigurationList("tenants", keys: CallSyncKeys.tenant, maps: ["enreach.names", "enreach.requests"])])
}
