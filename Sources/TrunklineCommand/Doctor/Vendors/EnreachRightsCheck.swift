import Enreach
import Foundation
import Logging
import Runtime
import Tenants

/// Whether Enreach lets the API user in, and everything be read that the hub reads.
struct EnreachRightsCheck: VendorCheck {
    static let name = "enreach"
    static let well = "the API user may read users, queues, calls, service calls and callback lists"

    static func findings(_ tenant: TenantConfiguration, _ outbound: OutboundClients) async -> [Finding] {
        let enreach = EnreachClient(
            configuration: tenant.enreach, http: outbound.client(trusting: tenant.enreachAuthority),
            logger: Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() })
        do {
            _ = try await enreach.me()
        } catch {
            return [
                .failure(
                    name, "\(tenant.name): the API user can't sign in: \(error)",
                    remedy: "check enreach.username and its secret key; a key belongs to one user and may have been renewed")
            ]
        }
        let now = Date()
        let minuteAgo = now.addingTimeInterval(-60)
        var findings: [Finding] = []
        let reads: [(what: String, read: () async throws -> Void)] = [
            ("users", { _ = try await enreach.users() }), ("queues", { _ = try await enreach.queues() }),
            ("calls", { _ = try await enreach.calls(modifiedAfter: minuteAgo, modifiedBefore: now) }),
            ("service calls", { _ = try await enreach.serviceCalls(modifiedAfter: minuteAgo, modifiedBefore: now) }),
            ("callback lists", { _ = try await enreach.callbackLists() }),
        ]
        for (what, read) in reads {
            do {
                try await read()
            } catch {
                findings.append(
                    .failure(
                        name, "\(tenant.name): \(what) can't be read: \(error)",
                        remedy: "give the API user the right to read \(what) in Enreach"))
            }
        }
        return findings
    }
}
