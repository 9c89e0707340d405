import EmbeddedPostgres
import Foundation
import Postgres
import TestSupport

/// A private server with `ssl = on`, and the authorities that did and did not sign its certificate, which is good for `localhost`.
struct TLSServer {
    /// The only one of the process; it ends with it.
    static var shared: TLSServer { get async throws { try await starting.value } }

    let server: EmbeddedPostgres
    let certificate: URL
    let key: URL
    let otherAuthority: URL

    private static let starting = Task {
        let server = try await EmbeddedPostgres.start(durable: false)
        let tls = TLSServer(
            server: server, certificate: server.folder.appending(path: "tls.crt"), key: server.folder.appending(path: "tls.key"),
            otherAuthority: server.folder.appending(path: "other.crt"))
        try Data(TestCertificates.first.utf8).write(to: tls.certificate)
        try Data(TestCertificates.firstKey.utf8).write(to: tls.key)
        try Data(TestCertificates.second.utf8).write(to: tls.otherAuthority)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: tls.key.path())
        if geteuid() == 0 {
            try FileManager.default.setAttributes([.ownerAccountName: server.user], ofItemAtPath: tls.key.path())
        }
        let settings = ["ssl = on", "ssl_cert_file = '\(tls.certificate.path())'", "ssl_key_file = '\(tls.key.path())'"]
        try await withDatabase(at: server.connectionString()) { (database) async throws in
            for setting in settings {
                try await database.withConnection { try await $0.run(script: "ALTER SYSTEM SET \(setting)") }
            }
            _ = try await database.query(.once("SELECT pg_reload_conf()"))
        }
        try await eventually("the server speaks TLS") {
            try await withDatabase(at: tls.url(mode: "prefer")) { (database) async throws in
                try await database.query(.once("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).value()
            }
        }
        return tls
    }

    func url(mode: String, authority: URL? = nil, host: String = "localhost") -> String {
        let base = server.connectionString().replacing("@127.0.0.1", with: "@\(host)")
        return "\(base)?hostaddr=127.0.0.1&sslmode=\(mode)" + (authority.map { "&sslrootcert=\($0.path())" } ?? "")
    }
}
