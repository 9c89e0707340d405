import Foundation
import Postgres
import TestSupport
import Testing

@testable import TrunklineCommand

/// The privileges that the doctor wants to find are those that the migrations give.
@Suite(.database) struct GrantTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Sources/TrunklineCommand/Doctor/Server/Grant+Wanted.swift").standardizedFileURL

    @Test func `the list is the migrated database's (UPDATE_DOCS=1 writes it)`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let rows = try await database.query(Self.given)
        await database.close()
        let lines = try rows.map { row in
            let (role, kind, privileges, objects) = try row.decode(String.self, String.self, String.self, [String].self)
            return "\(role) \(kind) \(privileges):\n" + Self.wrapped(objects)
        }.joined(separator: "\n")
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            let source = try String(contentsOf: Self.file, encoding: .utf8)
            let head = source.prefix(upTo: try #require(source.firstRange(of: "        \"\"\"\n")).upperBound)
            let text = lines.split(separator: "\n").map { "        \($0)\n" }.joined()
            try Data((head + text + "        \"\"\")\n}\n").utf8).write(to: Self.file)
        } else {
            let difference = Set(Grant.read(lines)).symmetricDifference(Grant.wanted)
            #expect(difference.map(\.statement).sorted() == [])
        }
        #expect(Grant.read(lines).count > 300)
    }

    private static func wrapped(_ objects: [String]) -> String {
        var lines: [String] = []
        for object in objects {
            if let last = lines.last, last.count + object.count < 116 {
                lines[lines.count - 1] = last + "; " + object
            } else {
                lines.append("  " + object)
            }
        }
        return lines.joined(separator: "\n")
    }

    private static let given = Statement(
        "tests.grants",
        """
        WITH given AS (
            SELECT a.grantee, 'schema' AS kind, a.privilege_type, n.nspname::text AS object
            FROM pg_namespace n, aclexplode(n.nspacl) a
            WHERE n.nspname IN ('hub', 'report')
            UNION ALL
            SELECT a.grantee, CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, a.privilege_type, c.oid::regclass::text
            FROM pg_class c, aclexplode(c.relacl) a
            WHERE c.relnamespace IN ('hub'::regnamespace, 'report'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
              AND NOT c.relispartition
            UNION ALL
            SELECT a.grantee, 'column', a.privilege_type, c.oid::regclass || '.' || t.attname
            FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
            WHERE c.relnamespace IN ('hub'::regnamespace, 'report'::regnamespace) AND NOT c.relispartition
            UNION ALL
            SELECT a.grantee, 'function', a.privilege_type, p.oid::regprocedure::text
            FROM pg_proc p, aclexplode(p.proacl) a
            WHERE p.pronamespace IN ('hub'::regnamespace, 'report'::regnamespace)
        ), collected AS (
            SELECT r.rolname::text AS role, kind, object, string_agg(privilege_type, ' ' ORDER BY privilege_type) AS privileges
            FROM given JOIN pg_roles r ON r.oid = given.grantee
            WHERE r.rolname LIKE 'trunkline\\_%' AND r.rolname <> 'trunkline_owner'
            GROUP BY 1, 2, 3
        )
        SELECT role, kind, privileges, array_agg(object ORDER BY object COLLATE "C")
        FROM collected
        GROUP BY role, kind, privileges
        ORDER BY role COLLATE "C", kind COLLATE "C", privileges COLLATE "C"
        """)
}
