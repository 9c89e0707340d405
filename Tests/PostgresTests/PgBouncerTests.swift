import Postgres
import TestSupport
import Testing

@Suite("Behind PgBouncer in transaction mode", .database)
struct PgBouncerTests {
    private let add = Statement("bouncer_add", "SELECT $1::int + 1")
    private let timeout = Statement.once("SELECT current_setting('statement_timeout')")

    private func behind(
        _ bouncer: PgBouncer, _ change: (inout DatabaseConfiguration) -> Void = { _ in }, _ body: (Database) async throws -> Void
    ) async throws {
        let url = bouncer.url(for: try TestDatabase.current.url)
        try await withDatabase(
            at: url,
            {
                $0.pooling = .transaction
                change(&$0)
            }, body)
    }

    @Test func statementsTransactionsAndPipelinesRunOnFewerServers() async throws {
        try await PgBouncer.with { (bouncer) async throws in
            try await behind(bouncer) { (database) async throws in
                try await database.withConnection { try await $0.run(script: "CREATE TABLE counted (i int)") }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 1...40 {
                        group.addTask {
                            #expect(try await database.query(add, [number]).value(Int.self) == number + 1)
                            let batch = try await database.pipeline([Request(add, [number]), Request(add, [2])])
                            #expect(try batch.map { try $0.value(Int.self) } == [number + 1, 3])
                            try await database.withTransaction { (connection) async throws in
                                let insert = Statement("bouncer_insert", "INSERT INTO counted VALUES ($1)")
                                try await connection.execute(insert, [number])
                                let refused = try await postgresError {
                                    try await connection.withSavepoint { _ = try await $0.query(.once("SELECT 1 / 0")) }
                                }
                                #expect(refused?.code == .divisionByZero)
                                try await connection.execute(insert, [number])
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await database.query(.once("SELECT count(*) FROM counted")).value(Int.self) == 80)
            }
        }
    }

    @Test func settingsHoldForEveryStatementAndStayBehindOnNoServer() async throws {
        try await PgBouncer.with(settings: ["default_pool_size": "1"]) { (bouncer) async throws in
            let change: (inout DatabaseConfiguration) -> Void = {
                $0.statementTimeout = .seconds(7)
                $0.idleInTransactionTimeout = .seconds(9)
                $0.settings = ["search_path": "pg_catalog, hub", "trunkline.text": "a 'b' \\c"]
            }
            try await behind(bouncer, change) { (database) async throws in
                #expect(try await database.query(timeout).value(String.self) == "7s")
                #expect(
                    try await database.query(.once("SELECT current_setting('trunkline.text')")).value(String.self) == "a 'b' \\c")
                // Names are resolved with the settings too.
                #expect(try await database.query(.once("SELECT count(*) FROM tenant")).value(Int.self) == 0)
                let batch = try await database.pipeline([Request(timeout), Request(add, [1])])
                #expect(try batch[0].value(String.self) == "7s")
                #expect(try batch[1].value(Int.self) == 2)
                try await database.withTransaction { (connection) async throws in
                    #expect(try await connection.query(timeout).value(String.self) == "7s")
                    let idle = try await connection.query(
                        .once("SELECT current_setting('idle_in_transaction_session_timeout')"))
                    #expect(try idle.value(String.self) == "9s")
                }
                try await database.withConnection {
                    try await $0.run(script: "CREATE TABLE public.noted AS SELECT current_setting('statement_timeout') AS s")
                }
                #expect(try await database.query(.once("SELECT s FROM public.noted")).value(String.self) == "7s")
            }
            try await behind(bouncer) { (database) async throws in
                #expect(try await database.query(timeout).value(String.self) == "0")
            }
        }
    }

    @Test func theServerEndsALoneStatementThatRunsTooLong() async throws {
        try await PgBouncer.with { (bouncer) async throws in
            try await behind(bouncer, { $0.statementTimeout = .seconds(1) }) { (database) async throws in
                let error = try await postgresError { try await database.query(.once("SELECT pg_sleep(61)")) }
                #expect(error?.code == .queryCanceled)
                #expect(try await database.query(add, [1]).value(Int.self) == 2)
            }
        }
    }

    @Test func aCancelledTaskCancelsItsStatement() async throws {
        try await PgBouncer.with { (bouncer) async throws in
            try await behind(bouncer, { $0.maximumConnections = 1 }) { (database) async throws in
                let task = Task { try await database.query(.once("SELECT pg_sleep(60)")) }
                try await withDatabase { (direct) async throws in
                    let sleeping = Statement.once(
                        """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid()
                        """)
                    try await eventually("it sleeps") { try await direct.query(sleeping).value(Int.self) == 1 }
                    task.cancel()
                    #expect(try await postgresError { try await task.value }?.code == .cancelled)
                    #expect(try await direct.query(sleeping).value(Int.self) == 0)
                }
                #expect(try await database.query(add, [1]).value(Int.self) == 2)
            }
        }
    }

    @Test func copyNeedsATransactionForTheSettingsToHold() async throws {
        try await PgBouncer.with { (bouncer) async throws in
            try await behind(bouncer, { $0.lockTimeout = .seconds(1) }) { (database) async throws in
                try await database.withConnection { (connection) async throws in
                    try await connection.run(script: "CREATE TABLE copied (i int)")
                    let copy = { (connection: Connection) async throws in
                        try await connection.copyIn(into: "copied", columns: ["i"]) { try await $0.row(7) }
                    }
                    #expect(try await postgresError { try await copy(connection) }?.code == .misuse)
                    #expect(try await connection.withTransaction { try await copy($0) } == 1)
                }
            }
        }
    }

    @Test(
        "Settings that would be lost are refused in words, whether the pooler refuses or ignores them", arguments: [false, true])
    func settingsOfASession(isIgnored: Bool) async throws {
        try await PgBouncer.with(settings: isIgnored ? ["ignore_startup_parameters": "options"] : [:]) { (bouncer) async throws in
            let change: (inout DatabaseConfiguration) -> Void = {
                $0.pooling = .session
                $0.statementTimeout = .seconds(7)
            }
            try await behind(bouncer, change) { (database) async throws in
                let error = try #require(try await postgresError { try await database.query(add, [1]) })
                #expect(error.code == .misuse && !error.isTransient)
                #expect(error.description.contains("set `database.pooling` to `transaction`"), "\(error)")
            }
        }
    }
}
