import EmbeddedPostgres
import Foundation

/// The configuration file of the instances, as an operator would write it: secrets in files of their own.
enum HubConfiguration {
    static func write(for hub: RehearsedHub, in folder: URL, options: RehearsedHub.Options) throws {
        try secret("enreach-key", "demo-secret-key", in: folder)
        try secret("dynamics-secret", SandboxCredentials.clientSecret, in: folder)
        try secret("webhook-token", SandboxCredentials.webhookSecret, in: folder)
        try secret("dynamics-token", SandboxCredentials.dynamicsToken, in: folder)
        try secret("odata-key", SandboxCredentials.odataKey, in: folder)
        for program in HubProgram.allCases { try write(program, for: hub, in: folder, options: options) }
    }

    private static func write(
        _ program: HubProgram, for hub: RehearsedHub, in folder: URL, options: RehearsedHub.Options
    ) throws {
        let own = program == .callbackSync ? "odata:\n  key_file: secrets/odata-key" : ""
        let text = """
            database:
              url: \(HubDatabase.url(of: program.login, on: hub.server))
            log:
              format: json
            \(own)
            \(options.configuration)
            \(program.reachesVendors ? tenants(of: hub, options: options) : "")
            """
        let file = folder.appending(path: "\(program.rawValue).yaml")
        try Data((text + "\n").utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path())
    }

    private static func tenants(of hub: RehearsedHub, options: RehearsedHub.Options) -> String {
        let authority = hub.addresses.ca.map { "      ca_file: \($0)" } ?? ""
        // What both releases of an upgrade know, where there are two.
        let token = options.earlierPrograms == nil ? "      webhook_token_file: secrets/dynamics-token" : ""
        return """
            tenants:
              - name: \(RehearsedHub.tenant)
                webhook_token_file: secrets/webhook-token
                enreach:
                  discovery: \(hub.addresses.enreachDiscovery)
                  username: \(SandboxCredentials.user)
                  secret_key_file: secrets/enreach-key
            \(authority)
                dynamics:
                  url: \(hub.addresses.dataverse)
                  authority: \(hub.addresses.authority)
                  directory_id: \(SandboxCredentials.directory)
                  client_id: \(SandboxCredentials.client)
                  client_secret_file: secrets/dynamics-secret
            \(token)
            \(authority)
            \(options.dynamicsConfiguration)
            """
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
    static let webhookSecret = "demo-webhook-secret"
    static let dynamicsToken = "demo-dynamics-token"
    static let odataKey = "demo-odata-key"
}
