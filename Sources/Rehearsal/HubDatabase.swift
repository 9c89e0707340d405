import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Schema

/// The hub's database, as a DBA would set it up: owner, one login for each program, schema, tenant.
enum HubDatabase {
    static let name = "trunkline"

    /// A login and the program's role that it is a member of.
    enum Login: String, CaseIterable {
        case callSync = "call_sync_login"
        case userSync = "user_sync_login"
        case callbackSync = "callback_sync_login"
        case operate = "operator_login"
        case route = "router_login"
        case console = "console_login"
        case report = "report_login"

        var role: String {
            switch self {
            case .callSync: "trunkline_call_sync"
            case .userSync: "trunkline_user_sync"
            case .callbackSync: "trunkline_callback_sync"
            case .operate: "trunkline_operator"
            case .route: "trunkline_router"
            case .console: "trunkline_console"
            case .report: "trunkline_report"
            }
        }
    }

    /// - Parameters:
    ///   - earlier: programs whose `trunkline migrate` makes the schema; nil: it is this one's.
    ///   - folder: for their log.
    static func make(
        on server: any HubServer, tenant: String, by earlier: URL? = nil, in folder: URL, leash: Leash
    ) async throws -> Database {
        let administrator = database(server.url(of: "postgres", user: nil))
        try await administrator.withConnection { try await $0.run(script: "CREATE DATABASE \(name)") }
        await administrator.close()

        let database = database(server.url(of: name, user: nil))
        try await isThere(database)
        if let earlier {
            try await migrate(server.url(of: name, user: nil), by: earlier, in: folder, leash: leash)
        } else {
            _ = try await Migrator.migrate(on: database, logger: Logger(label: "migrate") { _ in SwiftLogNoOpLogHandler() })
        }
        try await addLogins(to: database, password: server.password)
        _ = try await database.execute(addTenant, [tenant])
        return database
    }

    /// Makes the logins that are missing, as far as their roles are there: an earlier release's schema has not those of programs that came later.
    static func addLogins(to database: Database, password: String) async throws {
        let roles = Set(try await database.query(roles).map { try $0[0].decode(String.self) })
        try await database.withConnection { connection in
            for login in Login.allCases where roles.contains(login.role) && !roles.contains(login.rawValue) {
                try await connection.run(
                    script: "CREATE ROLE \(login.rawValue) LOGIN PASSWORD '\(password)' IN ROLE \(login.role)")
            }
        }
    }

    private static let roles = Statement("rehearsal_roles", "SELECT rolname::text FROM pg_roles")

    private static func migrate(_ url: String, by programs: URL, in folder: URL, leash: Leash) async throws {
        let program = try ChildProgram(
            "trunkline", executable: programs.appending(path: "trunkline"), arguments: ["migrate", "--database", url],
            log: folder.appending(path: "migrate.log"), leash: leash)
        guard await program.end() == 0 else { throw RehearsalError("the earlier schema was not made:\n\(program.lastWords())") }
    }

    /// The schema's version.
    static func version(in database: Database) async throws -> Int {
        try await database.query(Statement("rehearsal_schema_version", "SELECT max(version) FROM hub.schema_migration"))[0]
            .decode(
                Int.self)
    }

    /// Of several servers a replica may be asked first, which hears of the new database a moment later and refuses until then.
    private static func isThere(_ database: Database) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(30)
        while true {
            do {
                return try await database.withConnection { try await $0.run(script: "SELECT 1") }
            } catch let error as PostgresError where error.code == .unknownDatabase && clock.now < deadline {
                try await clock.sleep(for: .milliseconds(100))
            }
        }
    }

    static func url(of login: Login, on server: any HubServer) -> String {
        server.url(of: name, user: login.rawValue)
    }

    private static func database(_ url: String) -> Database {
        var configuration = DatabaseConfiguration(url, applicationName: "rehearsal")
        configuration.maximumConnections = 4
        return Database(configuration, logger: Logger(label: "database") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Changes a setting as `trunkline settings set` does.
    static func change(_ setting: String, to value: String, in database: Database, tenant: String) async throws {
        _ = try await database.query(changeSetting, [tenant, setting, value])
    }

    private static let changeSetting = Statement(
        "rehearsal_change_setting",
        """
        SELECT hub.change_setting(t.tenant_id, $2, $3, 'rehearsal', 'as the scenario assumes')
        FROM hub.tenant t WHERE t.name = $1
        """)

    private static let addTenant = Statement(
        "rehearsal_add_tenant",
        "INSERT INTO hub.tenant (name, region) VALUES ($1, 'FI')")
}
