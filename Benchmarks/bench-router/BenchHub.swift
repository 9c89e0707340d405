import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Rehearsal
import Routing
import Schema

/// A database with tenants, keys and rules, and routers on it.
struct BenchHub {
    let postgres: EmbeddedPostgres
    let database: Database
    let folder: URL

    static let rules: String = {
        var text =
            "queues: {main: +35893100500, vip: +35893100502}\nhours: {office: {timezone: Europe/Helsinki, week: {mon-sun: ['00:00-24:00']}}}\nrules:\n"
        // Twenty rules; a known caller is decided by the last.
        for index in 0..<17 {
            text += "  - {name: segment \(index), when: {segment: S\(index), language: fi}, to: +3589310060\(index % 10)}\n"
        }
        text += "  - {name: blocked, when: {blocked: true}, to: disconnect}\n"
        text += "  - {name: hidden, when: {caller: anonymous, closed: office}, to: disconnect}\n"
        text += "  - {name: known, when: {caller: known, bnum: main}, to: vip, fail: owner}\n"
        return text
    }()

    /// Runs the body on a hub of its own; when it fails, the last words of the servers are shown.
    static func use(_ body: (BenchHub) async throws -> Void) async throws {
        let hub = try await raise()
        do { try await body(hub) } catch {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: hub.folder.path())) ?? []
            for file in files where file.hasSuffix(".log") {
                let lines = hub.log(String(file.dropLast(4))).split(separator: "\n").suffix(5)
                if !lines.isEmpty { Report.say("\(file):\n\(lines.joined(separator: "\n"))") }
            }
            await hub.takeDown()
            throw error
        }
        await hub.takeDown()
    }

    private static func raise() async throws -> BenchHub {
        let postgres = try await EmbeddedPostgres.start(
            settings: [
                "shared_buffers": "512MB", "max_wal_size": "8GB", "maintenance_work_mem": "512MB", "work_mem": "64MB",
                "wal_level": "minimal", "max_wal_senders": "0",
            ])
        let folder = FileManager.default.temporaryDirectory.appending(path: "bench-router-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let administrator = Self.database(postgres.connectionString())
        try await administrator.withConnection { try await $0.run(script: "CREATE DATABASE trunkline") }
        await administrator.close()
        let database = Self.database(postgres.connectionString(database: "trunkline"))
        _ = try await Migrator.migrate(on: database, logger: Logger(label: "migrate") { _ in SwiftLogNoOpLogHandler() })
        try await database.withConnection {
            try await $0.run(script: "CREATE ROLE router_login LOGIN PASSWORD '\(postgres.password)' IN ROLE trunkline_router")
        }
        return BenchHub(postgres: postgres, database: database, folder: folder)
    }

    private static func database(_ url: String) -> Database {
        Database(
            DatabaseConfiguration(url, applicationName: "bench"),
            logger: Logger(label: "database") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A tenant with so many numbers, three for each contact, and the key that opens it.
    func addTenant(_ name: String, numbers: Int) async throws -> (id: Int32, key: String) {
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name, region) VALUES ($1, 'FI') RETURNING tenant_id"), [name])[0].decode(
                Int32.self)
        let key = KeyDigest.newKey()
        try await database.withConnection { connection in
            _ = try await ApiKeyStore.add(
                name: "bench", digest: KeyDigest.of(key), networks: [], tenant: tenant, who: "bench", expires: nil, on: connection
            )
            _ = try await RuleSetStore.apply(
                Self.rules, rules: 20, tenant: tenant, after: nil, who: "bench", note: nil, on: connection)
            try await connection.run(script: Self.seed(tenant, numbers))
        }
        return (tenant, key)
    }

    private static func seed(_ tenant: Int32, _ numbers: Int) -> String {
        """
        INSERT INTO hub.person (tenant_id, system_user_id, enreach_user_id, full_name, mobile_number)
        SELECT \(tenant), md5('user' || i)::uuid, md5('enreach' || i)::uuid, 'User ' || i, '+35840700' || lpad(i::text, 4, '0') FROM generate_series(0, 499) i;
        INSERT INTO hub.directory_entry (tenant_id, entry_id, entry_table, name, owner_id, segment, language, generation)
        SELECT \(tenant), md5('entry' || i)::uuid, 'contact', 'Contact ' || i, md5('user' || i % 500)::uuid, 'T' || i % 12, (ARRAY['fi','sv','en'])[i % 3 + 1], 1
        FROM generate_series(0, \((numbers + 2) / 3)) i;
        INSERT INTO hub.directory_number (tenant_id, number, entry_id, field, raw, form, suffix)
        SELECT \(tenant), '+3584' || lpad(i::text, 8, '0'), md5('entry' || i / 3)::uuid, 'telephone1', '+3584' || lpad(i::text, 8, '0'), 'international', '4' || lpad(i::text, 8, '0')
        FROM generate_series(0, \(numbers - 1)) i;
        SELECT hub.directory_changed(\(tenant), reload => true);
        """
    }

    static func number(_ index: Int) -> String {
        let text = String(index)
        return "+3584" + String(repeating: "0", count: max(0, 8 - text.utf8.count)) + text
    }

    /// The index on numbers that a bulk load is better off without.
    func withoutIndexes(_ body: () async throws -> Void) async throws {
        try await database.withConnection {
            try await $0.run(
                script:
                    "DROP INDEX hub.directory_number_suffix; DROP INDEX hub.directory_number_entry; ALTER TABLE hub.directory_number DROP CONSTRAINT directory_number_pkey; ALTER TABLE hub.directory_entry DROP CONSTRAINT directory_entry_pkey"
            )
        }
        try await body()
        try await database.withConnection {
            try await $0.run(
                script: """
                    ALTER TABLE hub.directory_number ADD PRIMARY KEY (tenant_id, number, entry_id, field);
                    ALTER TABLE hub.directory_entry ADD PRIMARY KEY (tenant_id, entry_id);
                    CREATE INDEX directory_number_suffix ON hub.directory_number (tenant_id, suffix);
                    CREATE INDEX directory_number_entry ON hub.directory_number (tenant_id, entry_id);
                    """)
            try await $0.run(script: "VACUUM ANALYZE hub.directory_entry")
            try await $0.run(script: "VACUUM ANALYZE hub.directory_number")
        }
    }

    /// A router of one network thread.
    func startRouter(_ name: String, _ settings: [String: String] = [:]) async throws -> Server {
        let port = try FreePort.find()
        var arguments = [
            "--database-url", postgres.connectionString(database: "trunkline", user: "router_login"), "--threads", "1",
            "--http-port", "0", "--route-port", "\(port)", "--log-level", "info",
        ]
        for (key, value) in settings { arguments += ["--route-\(key)", value] }
        return try Server(
            ProgramFolder.ofThisProgram().appending(path: "router"), arguments, port: port,
            log: folder.appending(path: "\(name).log"))
    }

    func log(_ name: String) -> String { (try? String(contentsOf: folder.appending(path: "\(name).log"), encoding: .utf8)) ?? "" }

    /// How often numbers were read anew.
    func loads(_ name: String) -> Int { log(name).components(separatedBy: "Numbers were read").count }

    private func takeDown() async {
        await database.close()
        await postgres.stop(.immediate)
        try? FileManager.default.removeItem(at: folder)
    }
}
