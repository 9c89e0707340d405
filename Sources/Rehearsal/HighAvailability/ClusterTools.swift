import EmbeddedPostgres
import Foundation

/// The programs that a cluster is made of: PostgreSQL's, Patroni and etcd.
struct ClusterTools: Sendable {
    let postgres: ServerTools
    let patroni: URL
    let etcd: URL

    /// - Throws: `RehearsalError` naming what is missing.
    static func find() throws -> ClusterTools {
        ClusterTools(postgres: try .find(), patroni: try program("patroni"), etcd: try program("etcd"))
    }

    static func program(_ name: String) throws -> URL {
        for folder in ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin"] {
            let path = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: path) { return URL(filePath: path) }
        }
        throw RehearsalError("the program \(name) was not found; deploy/system-packages --ha installs it")
    }

    /// Makes a folder that the server's account may write in, and others may not look into.
    func makeFolder(_ folder: URL) throws {
        try ServerFolder.prepare(folder, owner: postgres.account)
        guard chmod(folder.path(), 0o700) == 0 else { throw RehearsalError("\(folder.path()) can't be made private") }
    }

    /// Starts a program under the server's account in that folder, with nothing of our environment.
    func start(
        _ name: String, _ program: URL, _ arguments: [String], in folder: URL, log: URL, leash: Leash
    ) throws -> ChildProgram {
        let (executable, arguments) = postgres.command(program, arguments)
        return try ChildProgram(
            name, executable: executable, arguments: arguments,
            prefix: [
                "/usr/bin/env", "--ignore-environment", "--chdir=\(folder.path())", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL=C.UTF-8",
            ], log: log, leash: leash)
    }
}
