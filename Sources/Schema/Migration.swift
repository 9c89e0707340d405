import Crypto

/// One numbered step of the schema: a file of `sql/migrations`, as the program carries it.
public struct Migration: Sendable, Hashable {
    /// The number at the start of the file's name; versions follow each other from 1 without a gap.
    public let version: Int
    /// The rest of the file's name, without `.sql`.
    public let name: String
    /// The statements.
    public let sql: String
    /// SHA-256 of the text, in hexadecimal.
    public let checksum: String

    public init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
        self.checksum = SHA256.hash(data: Array(sql.utf8)).hexadecimal
    }

    /// Reads a file's name as `NNNN_name.sql`; nil when it is another name.
    init?(fileName: String, sql: String) {
        guard fileName.hasSuffix(".sql") else { return nil }
        let parts = fileName.dropLast(4).split(separator: "_", maxSplits: 1)
        guard parts.count == 2, parts[0].count == 4, let version = Int(parts[0]), version > 0 else { return nil }
        self.init(version: version, name: String(parts[1]), sql: sql)
    }

    /// The migrations that this program carries, in order.
    ///
    /// A file whose name is not `NNNN_name.sql`, a gap or a number used twice is a mistake of the build and stops the program.
    public static let all: [Migration] = {
        let migrations = EmbeddedMigrations.files.map { file in
            guard let migration = Migration(fileName: file.name, sql: file.text) else {
                preconditionFailure("sql/migrations/\(file.name) is not named NNNN_name.sql")
            }
            return migration
        }
        precondition(
            migrations.map(\.version) == Array(1...max(1, migrations.count)),
            "the files of sql/migrations are not numbered 0001, 0002, … without a gap")
        return migrations
    }()
}

/// A migration that a database has not seen yet.
public typealias PlannedMigration = Migration

extension SHA256Digest {
    fileprivate var hexadecimal: String {
        let digits = Array("0123456789abcdef")
        return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
