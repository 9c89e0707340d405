import Sandbox

/// The tenant `acme` with both vendors simulated: its entry in the programs' configuration, and the secrets it names.
struct SandboxTenant {
    let sandbox: SandboxServer
    /// Whether Dynamics' webhooks have a key.
    var token = true
    /// More lines of the entry's `dynamics`.
    var dynamics: [String] = []

    var files: [String: String] {
        ["enreach": "demo-secret-key\n", "dynamics": "\(DataverseApplication.demo.secrets[0])\n", "hook": "hook-key\n"]
    }

    var yaml: String {
        let more = (token ? ["webhook_token_file: hook"] : []) + dynamics
        return """
            tenants:
              - name: acme
                enreach:
                  discovery: \(sandbox.addresses.enreachDiscovery)
                  username: integration@demo.example
                  secret_key_file: enreach
                dynamics:
                  url: \(sandbox.addresses.dataverse)
                  authority: \(sandbox.addresses.authority)
                  directory_id: \(sandbox.configuration.dataverse.directory)
                  client_id: \(DataverseApplication.demo.clientID)
                  client_secret_file: dynamics

            """ + more.map { "      \($0)\n" }.joined()
    }

    /// Runs the body beside a simulator without limits.
    static func run(
        _ configure: (inout SandboxConfiguration) -> Void = { _ in }, _ body: (SandboxServer) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration()
        configuration.dataverse.limits = .off
        configure(&configuration)
        let sandbox = try await SandboxServer.start(configuration)
        let result: Result<Void, any Error>
        do {
            try await body(sandbox)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await sandbox.stop()
        try result.get()
    }
}
