import EmbeddedPostgres
import Foundation
import Logging
import Postgres

/// A private PgBouncer in transaction mode before a private server; ends with the process that started it.
public final class PgBouncer: Sendable {
    public let port: Int
    private let server: EmbeddedPostgres
    private let folder: URL
    private let shell: Process
    private let leash: FileHandle

    /// Runs `body` with a pooler of few server connections before the server of the tests.
    ///
    /// - Parameter settings: further lines of `pgbouncer.ini`.
    public static func with<R: Sendable>(
        settings: [String: String] = [:], isolation: isolated (any Actor)? = #isolation, _ body: (PgBouncer) async throws -> R
    ) async throws -> R {
        let bouncer = try await start(before: TestCluster.shared.server(), settings)
        do {
            let value = try await body(bouncer)
            await bouncer.end()
            return value
        } catch {
            await bouncer.end()
            throw error
        }
    }

    /// The way through the pooler to the database that `url` leads to directly.
    public func url(for url: String) -> String { url.replacing("127.0.0.1:\(server.port)", with: "127.0.0.1:\(port)") }

    /// Stops it in its tracks. What the server sends meanwhile it hands on in large pieces once it goes on.
    public func suspend() throws { try signal(SIGSTOP) }
    public func goOn() throws { try signal(SIGCONT) }

    private func signal(_ signal: Int32) throws {
        let text = try String(contentsOf: folder.appending(path: "pid"), encoding: .utf8)
        guard let process = Int32(text.dropLast()), kill(process, signal) == 0 else {
            throw NotStarted(description: "PgBouncer's process can't be reached: \(text)")
        }
    }

    private init(port: Int, server: EmbeddedPostgres, folder: URL, _ child: (shell: Process, leash: FileHandle)) {
        (self.port, self.server, self.folder, shell, leash) = (port, server, folder, child.shell, child.leash)
    }

    /// Another process may take the port first, so several are tried.
    private static func start(before server: EmbeddedPostgres, _ settings: [String: String]) async throws -> PgBouncer {
        var lastWords = ""
        for _ in 1...3 {
            let folder = FileManager.default.temporaryDirectory.appending(path: "pgb-\(UUID().uuidString.prefix(8))")
            let port = try FreePort.find()
            try configure(folder, port: port, server: server, settings)
            let bouncer = PgBouncer(port: port, server: server, folder: folder, try run(in: folder))
            do {
                try await eventually(within: .seconds(10), "PgBouncer answers") {
                    var configuration = DatabaseConfiguration(bouncer.url(for: server.connectionString()))
                    configuration.acquireTimeout = .milliseconds(500)
                    let database = Database(configuration, logger: Logger(label: "pgbouncer") { _ in SwiftLogNoOpLogHandler() })
                    let isThere = (try? await database.withConnection { try await $0.run(script: "SELECT 1") }) != nil
                    await database.close()
                    return isThere
                }
                return bouncer
            } catch {
                lastWords = (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "\(error)"
                await bouncer.end()
            }
        }
        throw NotStarted(description: "PgBouncer did not start (Debian: apt-get install pgbouncer): \(lastWords.suffix(500))")
    }

    private static func configure(
        _ folder: URL, port: Int, server: EmbeddedPostgres, _ settings: [String: String]
    ) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var lines = [
            "listen_addr": "127.0.0.1", "listen_port": "\(port)", "unix_socket_dir": "", "auth_type": "scram-sha-256",
            "auth_file": folder.appending(path: "users").path(), "logfile": folder.appending(path: "log").path(),
            "pool_mode": "transaction", "default_pool_size": "3", "max_client_conn": "200",
        ]
        lines.merge(settings) { _, given in given }
        let text = lines.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined()
        try Data("[databases]\n* = host=127.0.0.1 port=\(server.port)\n[pgbouncer]\n\(text)".utf8)
            .write(to: folder.appending(path: "ini"))
        try Data("\"\(server.user)\" \"\(server.password)\"\n".utf8).write(to: folder.appending(path: "users"))
        // It refuses to run as root.
        if geteuid() == 0, let account = getpwnam("postgres") {
            for path in [folder.path(), folder.appending(path: "ini").path(), folder.appending(path: "users").path()] {
                chown(path, account.pointee.pw_uid, account.pointee.pw_gid)
            }
        }
    }

    /// A shell stands between: it sees the end of a pipe that only we hold, and ends PgBouncer then.
    private static func run(in folder: URL) throws -> (shell: Process, leash: FileHandle) {
        let account = geteuid() == 0 ? "setpriv --reuid postgres --regid postgres --init-groups --" : ""
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c",
            """
            trap '' INT TERM HUP
            \(account) pgbouncer -q "$0/ini" >"$0/said" 2>&1 &
            child=$!
            echo $child >"$0/pid"
            cat >/dev/null
            kill -KILL $child
            wait $child
            rm -rf "$0"
            """, folder.path(),
        ]
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        process.currentDirectoryURL = URL(filePath: "/")
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        return (process, pipe.fileHandleForWriting)
    }

    /// Waits for the end as well: Foundation gives a process back only then.
    private func end() async {
        try? leash.close()
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [shell] in
                shell.waitUntilExit()
                continuation.resume()
            }
        }
    }

    struct NotStarted: Error, CustomStringConvertible {
        let description: String
    }
}
