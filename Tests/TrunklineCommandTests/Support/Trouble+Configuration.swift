import Foundation
import Runtime
import TestSupport

@testable import TrunklineCommand

/// Troubles of the programs' configuration.
extension Trouble {
    static let ofConfiguration: [Trouble] = [
        Trouble(CredentialsCheck(), .failure, "tenant acme is enabled and has no entry in") { hub, look in
            try await hub.configure(entry("other", ["client_secret_file: secret"]), files: ["secret": "s", "key": "k"])
            try await look(nil)
        },
        Trouble(CredentialsCheck(), .failure, "tenants.acme.dynamics.certificate_file: has no key beside it", remedy: false) {
            hub, look in
            try await hub.configure(
                entry("acme", ["certificate_file: certificate.pem"]),
                files: ["key": "k", "certificate.pem": ApplicationCertificate.certificate])
            try await look(nil)
        },
        Trouble(CertificatesCheck(), .warning, "certificate.pem ends in 10 d 00 h") { hub, look in
            try await signInByCertificate(hub, daysBeforeItsEnd: 10)
            try await look(nil)
        },
        Trouble(CertificatesCheck(), .failure, "certificate.pem ended 1 d 00 h ago") { hub, look in
            try await signInByCertificate(hub, daysBeforeItsEnd: -1)
            try await look(nil)
        },
        Trouble(ClientSecretsCheck(), .warning, "the client secret of dynamics.client_secret_ends ends in 10 d 00 h") {
            hub, look in
            try await signInBySecret(hub, ["client_secret_ends: 2027-03-31"], at: "2027-03-21T00:00:00Z")
            try await look(nil)
        },
        Trouble(ClientSecretsCheck(), .failure, "dynamics.second_client_secret_ends ended 1 d 00 h ago") { hub, look in
            try await signInBySecret(
                hub,
                [
                    "client_secret_ends: 2029-03-31", "second_client_secret_file: secret",
                    "second_client_secret_ends: 2027-03-31",
                ], at: "2027-04-01T00:00:00Z")
            try await look(nil)
        },
        Trouble(WebhooksCheck(), .warning, "acme: a token for webhooks is configured, 6 calls and requests were seen") {
            hub, look in
            try await hub.run(callsSeen)
            let withToken = entry("acme", ["client_secret_file: secret"])
                .replacing("    enreach:", with: "    webhook_token_file: token\n    enreach:")
            try await hub.configure(withToken, files: ["key": "k", "secret": "s", "token": "t"])
            try await look(nil)
        },
        Trouble(ClientSecretsCheck(), .skipped, "acme: nothing says when its client secret ends") { hub, look in
            try await signInBySecret(hub, [], at: "2027-04-01T00:00:00Z")
            try await look(nil)
        },
    ]

    /// Six calls that polling found.
    private static let callsSeen = """
        INSERT INTO hub.call (tenant_id, call_id, call_day, privacy, direction, answered, started_at, talk_seconds, legs, content_hash,
                              activity_id)
        SELECT tenant_id, gen_random_uuid(), current_date, 'work', 'inbound', true, now(), 5, '[]', n, gen_random_uuid()
        FROM hub.tenant, generate_series(1, 6) AS n
        """

    private static func signInByCertificate(_ hub: TroubledHub, daysBeforeItsEnd days: Double) async throws {
        try await hub.configure(
            entry("acme", ["certificate_file: certificate.pem", "key_file: key.pem"]),
            files: ["key": "k", "certificate.pem": ApplicationCertificate.certificate, "key.pem": ApplicationCertificate.key])
        let end = CertificateEnd.of(file: hub.folder.appending(path: "certificate.pem").path())
        await hub.wait(until: (end ?? .distantPast).addingTimeInterval(-days * 86_400))
    }

    private static func signInBySecret(_ hub: TroubledHub, _ lines: [String], at time: String) async throws {
        try await hub.configure(
            entry("acme", ["client_secret_file: secret"] + lines), files: ["key": "k", "secret": "s"])
        await hub.wait(until: try Date(time, strategy: .iso8601))
    }

    /// A tenant's entry, with these lines of `dynamics`.
    private static func entry(_ name: String, _ dynamics: [String]) -> String {
        """
        tenants:
          - name: \(name)
            enreach:
              username: integration@demo.example
              secret_key_file: key
            dynamics:
              url: https://demo.crm4.dynamics.com
              directory_id: demo.example
              client_id: 22222222-3333-4444-8555-666666666666

        """ + dynamics.map { "      \($0)\n" }.joined()
    }
}
