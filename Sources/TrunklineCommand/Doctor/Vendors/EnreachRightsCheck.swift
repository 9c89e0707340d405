import Enreach
import Foundation
import Logging
import Runtime
import Tenants

/// Whether Enreach lets the API user in and do what the hub does: read, and close callback requests where the tenant takes any.
///
/// Closing is asked for of a request that is nowhere: who may close is told that there is none, who may not is refused.
struct EnreachRightsCheck: VendorCheck {
    static let name = "enreach"

    private static let nowhere = UUID(uuidString: "00000000-0000-4000-8000-0000d0c70000")!

    static func findings(_ tenant: VendorTenant, _ outbound: OutboundClients) async -> [Finding] {
        let enreach = EnreachClient(
            configuration: tenant.configuration.enreach,
            http: outbound.client(trusting: tenant.configuration.enreachAuthority),
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
        var findings: [Finding] = []
        let probes = probes(enreach, callbacks: tenant.takesCallbacks)
        for (what, probe) in probes {
            do {
                try await probe()
            } catch {
                findings.append(
                    .failure(
                        name, "\(tenant.name): the API user can't \(what): \(error)",
                        remedy: "give the API user the right to \(what) in Enreach"))
            }
        }
        guard findings.isEmpty else { return findings }
        return [.ok(name, "\(tenant.name): the API user may \(probes.map(\.what).joined(separator: ", "))")]
    }

    private static func probes(_ enreach: EnreachClient, callbacks: Bool) -> [(what: String, run: () async throws -> Void)] {
        let now = Date()
        let minuteAgo = now.addingTimeInterval(-60)
        let always: [(what: String, run: () async throws -> Void)] = [
            ("read users", { _ = try await enreach.users() }), ("read queues", { _ = try await enreach.queues() }),
            ("read calls", { _ = try await enreach.calls(modifiedAfter: minuteAgo, modifiedBefore: now) }),
            ("read service calls", { _ = try await enreach.serviceCalls(modifiedAfter: minuteAgo, modifiedBefore: now) }),
        ]
        guard callbacks else { return always }
        return always + [
            ("read callback lists", { _ = try await enreach.callbackLists() }),
            ("close callback requests", { _ = try await enreach.closeCallback(id: nowhere, as: .takenOver) }),
        ]
    }
}
