import EmbeddedPostgres
import Foundation
import Logging
import Postgres

/// A full disk under some tables of a database: whatever they would have to grow for is refused with "No space left on device" (53100).
///
/// In the place of their files, which must be empty, stands `/dev/full`. So it needs neither a mount nor rights beyond the cluster's own.
public struct FullDisk: Sendable {
    private let url: String
    private let files: [String]

    /// Fills the disk.
    ///
    /// - Parameters:
    ///   - tables: names with their schema; ordinary tables that hold nothing yet. A partitioned one stands for its partitions.
    ///   - url: the database, as the superuser.
    public static func under(_ tables: [String], of url: String) async throws -> FullDisk {
        let server = try await TestCluster.shared.server()
        let database = TestDatabase.database(url, maximumConnections: 1)
        let rows = try await database.query(Self.files, [tables])
        await database.close()
        let files = try rows.map { row in
            let (name, pages) = try row.decode(String.self, Int64.self)
            guard pages == 0 else {
                throw NotEmpty(description: "a table under the full disk holds something already: \(tables)")
            }
            return server.folder.appending(path: "data/\(name)").path()
        }
        guard !files.isEmpty else { throw NotEmpty(description: "no table stands on the full disk: \(tables)") }
        let disk = FullDisk(url: url, files: files)
        for file in files {
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/dev/full")
        }
        try await disk.forgetFiles()
        return disk
    }

    /// Somebody has made room.
    public func free() async throws {
        for file in files {
            let folder = try FileManager.default.attributesOfItem(atPath: (file as NSString).deletingLastPathComponent)
            try FileManager.default.removeItem(atPath: file)
            try Data().write(to: URL(filePath: file))
            let ours: [FileAttributeKey] = [.ownerAccountID, .groupOwnerAccountID]
            try FileManager.default.setAttributes(
                folder.filter { ours.contains($0.key) }.merging([.posixPermissions: 0o600]) { $1 }, ofItemAtPath: file)
        }
        try await forgetFiles()
    }

    /// Sessions keep files open, so they end; pools open others.
    private func forgetFiles() async throws {
        let database = TestDatabase.database(url, maximumConnections: 1)
        _ = try await database.query(Self.endOthers)
        await database.close()
    }

    private static let files = Statement(
        "",
        """
        SELECT pg_relation_filepath(t.relid), pg_relation_size(t.relid)
        FROM unnest($1::text[]) AS name, LATERAL (
            SELECT relid FROM pg_partition_tree(name::regclass) WHERE isleaf
            UNION SELECT c.oid FROM pg_class c WHERE c.oid = name::regclass AND c.relkind = 'r'
        ) AS t
        """)
    private static let endOthers = Statement(
        "",
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    struct NotEmpty: Error, CustomStringConvertible {
        let description: String
    }
}
