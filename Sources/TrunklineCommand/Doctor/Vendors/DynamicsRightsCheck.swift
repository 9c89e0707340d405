import Dynamics
import Foundation
import Logging
import Runtime
import Tenants

/// Whether Dynamics lets the application in, and everything be read and written that the hub reads and writes.
///
/// Rights to write are asked for by writes that can't come about: an update of a row that is nowhere, and a create in a change set that such
/// an update makes fail as a whole.
struct DynamicsRightsCheck: VendorCheck {
    static let name = "dynamics"
    static let well = "the application may read people, contacts and queues, and write phone calls and queue items"

    private static let read = ["systemusers", "contacts", "accounts", "leads", "phonecalls", "queues", "queueitems"]
    private static let nowhere = "00000000-0000-4000-8000-0000d0c70000"

    static func findings(_ tenant: TenantConfiguration, _ outbound: OutboundClients) async -> [Finding] {
        let dynamics = DynamicsClient(
            configuration: tenant.dynamics, budget: UnlimitedBudget(), http: outbound.client(trusting: tenant.dynamicsAuthority),
            logger: Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() })
        do {
            _ = try await dynamics.whoAmI()
        } catch {
            return [
                .failure(
                    name, "\(tenant.name): the application can't sign in: \(words(error))",
                    remedy: "see dynamics.client_id and its secret or certificate, and the application user in the environment")
            ]
        }
        var findings: [Finding] = []
        for table in read {
            do {
                var query = ODataQuery(table)
                query.pageSize = 1
                _ = try await dynamics.page(query, lane: .live)
            } catch {
                findings.append(refused(tenant.name, "read \(table)", words(error)))
            }
        }
        for (what, change) in [
            ("write phonecalls", Change.updateOnly("phonecalls(\(nowhere))", Array(#"{"subject":""}"#.utf8))),
            ("write systemusers", Change.updateOnly("systemusers(\(nowhere))", Array("{}".utf8))),
            ("delete phonecalls", Change.delete("phonecalls(\(nowhere))")),
        ] {
            if let refusal = await privilege(dynamics, [.change(change)]) {
                findings.append(refused(tenant.name, what, refusal))
            }
        }
        let create = BatchOperation.changeSet([
            .create("phonecalls", Array(#"{"subject":"A check that is rolled back"}"#.utf8)),
            .updateOnly("phonecalls(\(nowhere))", Array(#"{"subject":""}"#.utf8)),
        ])
        if let refusal = await privilege(dynamics, [create]) {
            findings.append(refused(tenant.name, "create phonecalls", refusal))
        }
        return findings
    }

    /// What Dynamics says when the right is missing; nil when anything else keeps the write from coming about.
    private static func privilege(_ dynamics: DynamicsClient, _ operations: [BatchOperation]) async -> String? {
        guard let results = try? await dynamics.batch(operations, lane: .live) else { return nil }
        for result in results {
            if case .privilege(let fault) = result.outcome { return fault.message }
        }
        return nil
    }

    private static func refused(_ tenant: String, _ what: String, _ why: String) -> Finding {
        .failure(
            name, "\(tenant): the application may not \(what): \(why)",
            remedy: "add the privilege to the security role of the application user (docs/dynamics.md)")
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? DynamicsError else { return "\(error)" }
        return error.operatorText + (error.fault.map { " (\($0))" } ?? "")
    }
}
