import EmbeddedPostgres
import Foundation

/// One of the three: a PostgreSQL server and the Patroni that looks after it.
struct PatroniNode: Sendable {
    let name: String
    /// The server's port, on loopback and on `extraHost`.
    let port: Int
    /// Where Patroni answers.
    let restPort: Int
    /// A further address at which the server is reached.
    let extraHost: String?
    let folder: URL

    var data: URL { folder.appending(path: "data") }
    var configuration: URL { folder.appending(path: "patroni.yml") }
    var log: URL { folder.appending(path: "patroni.log") }
    var rest: String { "http://127.0.0.1:\(restPort)" }

    /// The server's first process; nil while none runs on our data: the file outlives a process that was killed.
    var postmaster: Int32? {
        let file = data.appending(path: "postmaster.pid")
        guard let first = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n").first,
            let process = Int32(first),
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
        else { return nil }
        return place == data.path() ? process : nil
    }

    /// A shell command that ends the server at once, whoever runs it.
    var emergencyStop: String {
        "p=$(head -n 1 '\(data.path())/postmaster.pid'); "
            + "[ \"$(readlink /proc/$p/cwd)\" = '\(data.path())' ] && kill -QUIT $p && sleep 1"
    }
}
