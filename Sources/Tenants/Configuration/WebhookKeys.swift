package import Runtime

/// What the webhook listener is told, in every program that has one.
package enum WebhookKeys {
    package static let networks = ConfigurationKey(
        "webhook.networks", .text, default: "80.88.186.0/24,80.88.187.0/24,127.0.0.0/8,::1",
        "Networks that webhooks may come from, separated by commas: the vendor's and this machine (for a proxy in front).")
    package static let forwarded = ConfigurationKey(
        "webhook.forwarded", .boolean, default: "false",
        "Whether X-Forwarded-For counts in place of the connection's address, where that is of webhook.proxies; only behind a proxy that sets it."
    )
    package static let proxies = ConfigurationKey(
        "webhook.proxies", .text, default: "127.0.0.0/8,::1",
        "Networks of the proxies that are believed with webhook.forwarded, separated by commas. The last address in X-Forwarded-For that is none of these is the source."
    )
    package static let atOnce = ConfigurationKey(
        "webhook.at_once", .integer(1...10_000), default: "64",
        "Webhooks under way at once; more are answered 429. Each holds at most 256 KiB. Half of the places are shared out evenly among the tenants."
    )

    package static let all: [any DeclaredKey] = [networks, forwarded, proxies, atOnce]
}
