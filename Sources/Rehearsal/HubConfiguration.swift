import EmbeddedPostgres
import Foundation

/// The configuration file of the instances, as an operator would write it: secrets in files of their own.
enum HubConfiguration {
    static func write(for hub: RehearsedHub, in folder: URL, options: RehearsedHub.Options) throws {
        try secret("enreach-key", "demo-secret-key", in: folder)
        try secret("dynamics-secret", SandboxCredentials.clientSecret, in: folder)
        let text = """
            database:
              url: \(HubDatabase.url(of: .callSync, on: hub.postgres))
            log:
              format: json
            \(options.configuration)
            tenants:
              - name: \(RehearsedHub.tenant)
                enreach:
                  discovery: \(hub.addresses.enreachDiscovery)
                  username: \(SandboxCredentials.user)
                  secret_key_file: secrets/enreach-key
                dynamics:
                  url: \(hub.addresses.dataverse)
                  authority: \(hub.addresses.authority)
                  directory_id: \(SandboxCredentials.directory)
                  client_id: \(SandboxCredentials.client)
                  client_secret_file: secrets/dynamics-secret
            \(options.dynamicsConfiguration)
            """
        let file = folder.appending(path: "call-sync.yaml")
        try Data((text + "\n").utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path())
    }

    private static func secret(_ name: String, _ value: String, in folder: URL) throws {
        let secrets = folder.appending(path: "secrets")
        try FileManager.default.createDirectory(
            at: secrets, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let file = secrets.appending(path: name)
        try Data(value.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path())
    }
}

/// What the sandbox lets in, unless told otherwise.
enum SandboxCredentials {
    static let user = "integration@demo.example"
    static let directory = "11111111-2222-4333-8444-555555555555"
    static let client = "22222222-3333-4444-8555-666666666666"
    static let clientSecret = "demo-secret-one"
}
