import Dynamics
import Foundation
import Logging
import Runtime
import Tenants

/// Whether Dynamics lets the application in, and its user has the privileges that the tenant's work takes.
///
/// Dynamics itself is asked which of them the user has; nothing is written to find out. Tables that the environment lacks, as `lead` without
/// the Sales apps, are left out.
struct DynamicsRightsCheck: VendorCheck {
    static let name = "dynamics"

    private static let remedy = "add it to the security role of the application user (docs/dynamics.md)"

    static func findings(_ tenant: VendorTenant, _ outbound: OutboundClients) async -> [Finding] {
        let dynamics = DynamicsClient(
            configuration: tenant.configuration.dynamics, budget: UnlimitedBudget(),
            http: outbound.client(trusting: tenant.configuration.dynamicsAuthority),
            logger: Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() })
        let user: UUID
        do {
            user = try await dynamics.whoAmI().userID
        } catch {
            return [
                .failure(
                    name, "\(tenant.name): the application can't sign in: \(words(error))",
                    remedy: "see dynamics.client_id and its secret or certificate, and the application user in the environment")
            ]
        }
        let rights: [DynamicsRight]
        do {
            rights = try await present(DynamicsRight.wanted(by: tenant), dynamics)
        } catch {
            return [
                .failure(
                    name, "\(tenant.name): the application user may not look which tables there are: \(words(error))",
                    remedy: "add Entity: Read to the security role of the application user (docs/dynamics.md)")
            ]
        }
        do {
            return judge(
                rights, try await dynamics.privileges(of: user, among: rights.flatMap(\.privileges), lane: .live),
                of: tenant.name)
        } catch {
            return [
                .warning(
                    name, "\(tenant.name): Dynamics does not say which privileges the application user has: \(words(error))",
                    remedy: "compare its security role with docs/dynamics.md by hand")
            ]
        }
    }

    /// Those of the rights whose tables the environment has.
    private static func present(_ rights: [DynamicsRight], _ dynamics: DynamicsClient) async throws -> [DynamicsRight] {
        let query = ODataQuery(
            "EntityDefinitions", select: ["LogicalName"],
            filter: .any(of: rights.map { .equal("LogicalName", .string($0.table)) }))
        let tables = Set(try await dynamics.query(query, lane: .live).compactMap { $0.string("LogicalName") })
        return rights.filter { tables.contains($0.table) }
    }

    /// One finding for each table, or one that says what was asked about.
    static func judge(_ rights: [DynamicsRight], _ held: [UserPrivilege], of tenant: String) -> [Finding] {
        let findings = rights.flatMap { right -> [Finding] in
            let missing = right.privileges.filter { privilege in !held.contains { $0.name == privilege } }
            let narrow = held.filter { right.privileges.contains($0.name) && !$0.isGlobal }
            return [
                missing.isEmpty
                    ? nil
                    : Finding.failure(
                        name, "\(tenant): the application user lacks \(missing.joined(separator: ", ")) (table \(right.table))",
                        remedy: remedy),
                narrow.isEmpty
                    ? nil
                    : Finding.warning(
                        name,
                        "\(tenant): the application user does not have "
                            + narrow.map { "\($0.name) (\($0.depth))" }.joined(separator: ", ") + " for the whole organisation",
                        remedy: "let it reach the whole organisation in the security role of the application user"),
            ].compactMap(\.self)
        }
        guard findings.isEmpty else { return findings }
        return [
            .ok(
                name,
                "\(tenant): the application user has \(rights.map(\.text).joined(separator: "; ")), for the whole organisation")
        ]
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? DynamicsError else { return "\(error)" }
        return error.operatorText + (error.fault.map { " (\($0))" } ?? "")
    }
}
