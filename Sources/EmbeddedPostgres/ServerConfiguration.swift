import Foundation

/// `postgresql.auto.conf` of a private server.
enum ServerConfiguration {
    static func write(_ settings: [String: String], durable: Bool, port: Int, in folder: URL) throws {
        var lines = [
            "listen_addresses": "127.0.0.1",
            "port": "\(port)",
            "unix_socket_directories": folder.path(),
            "max_connections": "200",
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "log_line_prefix": "%m [%p] %q%a %u@%d ",
        ]
        if !durable {
            lines["fsync"] = "off"
            lines["synchronous_commit"] = "off"
            lines["full_page_writes"] = "off"
        }
        lines.merge(settings) { _, given in given }
        let text = lines.sorted { $0.key < $1.key }
            .map { "\($0.key) = '\($0.value.replacing("'", with: "''"))'\n" }
            .joined()
        let file = folder.appending(path: "data/postgresql.auto.conf")
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(text.utf8))
    }
}
