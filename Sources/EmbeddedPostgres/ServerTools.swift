package import Foundation

/// The server's own programs, and the account they run as.
package struct ServerTools: Sendable {
    package let binaries: URL
    /// The unprivileged account when we are root, else nil.
    package let account: String?

    /// Looks in `TRUNKLINE_POSTGRES_BIN`, then in Debian's versioned folders (newest first), then beside `postgres` on the PATH.
    package static func find() throws -> ServerTools {
        let environment = ProcessInfo.processInfo.environment
        var candidates: [String] = []
        if let named = environment["TRUNKLINE_POSTGRES_BIN"] { candidates.append(named) }
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        candidates += versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
        candidates += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        guard let folder = candidates.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }) else {
            throw EmbeddedPostgresError(
                "PostgreSQL's server programs (initdb, pg_ctl) were not found; install them (Debian: apt-get install postgresql) "
                    + "or name their folder in TRUNKLINE_POSTGRES_BIN")
        }
        return ServerTools(binaries: URL(filePath: folder), account: geteuid() == 0 ? "postgres" : nil)
    }

    /// Makes a new cluster in `data`, unless there is one, with the superuser's password.
    func initialise(_ folder: URL, password: String) throws {
        let data = folder.appending(path: "data")
        guard !FileManager.default.fileExists(atPath: data.appending(path: "PG_VERSION").path()) else {
            throw EmbeddedPostgresError("\(folder.path()) already holds a cluster; name another folder")
        }
        let passwordFile = folder.appending(path: "password")
        try Data(password.utf8).write(to: passwordFile)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: passwordFile.path())
        defer { try? FileManager.default.removeItem(at: passwordFile) }
        try run(
            "initdb",
            [
                "--pgdata", data.path(), "--username", "postgres", "--pwfile", passwordFile.path(), "--auth", "scram-sha-256",
                "--encoding", "UTF8", "--no-locale", "--no-sync",
            ])
    }

    /// `pg_ctl start` or `stop`, waiting for the result.
    func control(_ verb: String, mode: EmbeddedPostgres.StopMode? = nil, folder: URL) throws {
        let log = folder.appending(path: "server.log")
        var arguments = [verb, "--pgdata", folder.appending(path: "data").path(), "--wait", "--timeout", "60", "--silent"]
        if verb == "start" { arguments += ["--log", log.path()] }
        if let mode { arguments += ["--mode", mode.rawValue] }
        do {
            try run("pg_ctl", arguments)
        } catch {
            let tail = ((try? String(contentsOf: log, encoding: .utf8)) ?? "").split(separator: "\n").suffix(5)
            throw EmbeddedPostgresError("\(error)\n\(tail.joined(separator: "\n"))")
        }
    }

    /// The command line that runs `program` as the right account.
    func command(_ program: String, _ arguments: [String]) -> (executable: URL, arguments: [String]) {
        command(binaries.appending(path: program), arguments)
    }

    /// The same for a program that stands elsewhere.
    package func command(_ program: URL, _ arguments: [String]) -> (executable: URL, arguments: [String]) {
        guard let account else { return (program, arguments) }
        let prefix = ["--reuid", account, "--regid", account, "--init-groups", "--", program.path()]
        return (URL(filePath: "/usr/bin/setpriv"), prefix + arguments)
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        let (executable, arguments) = command(program, arguments)
        let complaints = FileManager.default.temporaryDirectory.appending(path: "trunkline-\(UUID().uuidString).err")
        defer { try? FileManager.default.removeItem(at: complaints) }
        let status = try ChildProcess.run(executable, arguments, complaintsTo: complaints)
        guard status == 0 else {
            let text = (try? String(contentsOf: complaints, encoding: .utf8)) ?? ""
            throw EmbeddedPostgresError("\(program) ended with status \(status): \(text)")
        }
    }
}
