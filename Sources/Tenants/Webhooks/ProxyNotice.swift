package import Logging
package import Runtime
import Synchronization

/// Says once, in the log and from then on at `/health/ready`, that webhooks come through a proxy whose word about their sources is not taken: the
/// networks are compared with the proxy's address, which every caller bears.
package final class ProxyNotice: Sendable {
    private let readiness: Readiness?
    private let logger: Logger
    private let isSaid = Mutex(false)

    /// The check's name at `/health/ready`; the doctor looks for it in `hub.instance`, too.
    package static let check = "webhooks: source"

    package static let text =
        "Webhooks come through a proxy, and webhook.forwarded is off: webhook.networks is compared with the proxy's address, which every caller bears. Set webhook.forwarded, and webhook.proxies to the proxy's address."

    package init(readiness: Readiness?, logger: Logger) {
        self.readiness = readiness
        self.logger = logger
    }

    package func say() {
        let isFirst = isSaid.withLock { isSaid in
            defer { isSaid = true }
            return !isSaid
        }
        guard isFirst else { return }
        readiness?.set(Self.check, .degraded, Self.text)
        logger.warning("Webhooks' sources are not checked", metadata: ["reason": "\(Self.text)"])
    }
}
