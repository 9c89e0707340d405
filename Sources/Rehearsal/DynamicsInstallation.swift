import Foundation

/// What an administrator does once in Dynamics: `trunkline dynamics install`, so that Dynamics has the hub's tables and tells it of changes.
struct DynamicsInstallation: Sendable {
    /// Parts that were made.
    let parts: Int
    /// Webhook steps among them.
    let steps: Int
    /// Requests that it took.
    let requests: Int

    /// Installs it, with the addresses of these instances.
    static func run(on hub: RehearsedHub, userSync: Instance, callbackSync: Instance?) async throws -> DynamicsInstallation {
        struct Report: Decodable {
            struct Done: Decodable {
                let kind: String
            }
            let done: [Done]
        }
        func address(_ instance: Instance) -> String { "http://\(instance.host):\(instance.port)" }
        var arguments = [
            "dynamics", "install", "--format", "json", "--tenant", RehearsedHub.tenant, "--config",
            hub.folder.appending(path: "\(HubProgram.userSync.rawValue).yaml").path(), "--webhook-url", address(userSync),
        ]
        if let callbackSync {
            arguments += [
                "--hub-url", address(callbackSync), "--odata-key-file", hub.folder.appending(path: "secrets/odata-key").path(),
            ]
        }
        let before: RequestFigures = try await hub.door.get("/admin/requests?last=0")
        let answer = try await hub.command(arguments)
        let after: RequestFigures = try await hub.door.get("/admin/requests?last=0")
        let done = try JSONDecoder().decode(Report.self, from: Data(answer.utf8)).done
        return DynamicsInstallation(
            parts: done.count, steps: done.count { $0.kind == "webhook_step" }, requests: after.dataverse - before.dataverse)
    }
}
