import Sandbox

@testable import TrunklineCommand

/// Troubles on the vendors' sides, which are simulated.
extension Trouble {
    static let ofVendors: [Trouble] = [
        enreach("the API user can't sign in", Fault(.expiredToken, on: .enreach)),
        enreach("the API user can't read queues", Fault(.forbidden, on: .enreach, path: "/queues")),
        enreach("the API user can't read service calls", Fault(.forbidden, on: .enreach, path: "/servicecall")),
        enreach("the API user can't close callback requests", Fault(.forbidden, on: .enreach, path: "d0c70000")),
        dynamics(.failure, "the application can't sign in") { $0.faults.replace(with: [Fault(.status503, on: .signIn)]) },
        dynamics(.failure, "the application user lacks prvAssignActivity (table phonecall)") {
            $0.dataverse.setRoles(missingPrivileges: ["prvAssignActivity"])
        },
        dynamics(.failure, "lacks prvAppendToAccount (table account)") {
            $0.dataverse.setRoles(missingPrivileges: ["prvAppendToAccount"])
        },
        dynamics(.failure, "lacks prvReadQueue (table queue)") { $0.dataverse.setRoles(missingPrivileges: ["prvReadQueue"]) },
        dynamics(.failure, "lacks prvReadTeam (table team)") { $0.dataverse.setRoles(missingPrivileges: ["prvReadTeam"]) },
        dynamics(.failure, "lacks prvReadOrganization (table organization)") {
            $0.dataverse.setRoles(missingPrivileges: ["prvReadOrganization"])
        },
        dynamics(.warning, "does not have prvReadContact (Local) for the whole organisation") {
            $0.dataverse.setRoles(localPrivileges: ["prvReadContact"])
        },
        dynamics(.failure, "may not look which tables there are") {
            $0.faults.replace(with: [Fault(.status503, on: .dataverse, path: "EntityDefinitions")])
        },
        dynamics(.warning, "does not say which privileges the application user has") {
            $0.faults.replace(with: [Fault(.status503, on: .dataverse, path: "RetrieveUserSetOfPrivilegesByNames")])
        },
        vendor(SolutionCheck(), .warning, "parts are missing or differ") { _ in },
    ]

    private static func enreach(_ text: String, _ fault: Fault) -> Trouble {
        vendor(EnreachRightsCheck(), .failure, text) { $0.faults.replace(with: [fault]) }
    }

    private static func dynamics(
        _ level: Finding.Level, _ text: String, _ breaking: @escaping @Sendable (SandboxServer) -> Void
    ) -> Trouble {
        vendor(DynamicsRightsCheck(), level, text, breaking)
    }

    /// A tenant with a callback profile whose phone calls go to the queue's owner, and both vendors beside it.
    private static func vendor(
        _ check: any DoctorCheck, _ level: Finding.Level, _ text: String, _ breaking: @escaping @Sendable (SandboxServer) -> Void
    ) -> Trouble {
        Trouble(check, level, text) { hub, look in
            try await SandboxTenant.run { sandbox in
                let tenant = SandboxTenant(sandbox: sandbox)
                try await hub.configure(tenant.yaml, files: tenant.files)
                try await hub.takeCallbacks()
                breaking(sandbox)
                try await look(nil)
            }
        }
    }
}
