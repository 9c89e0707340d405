import EmbeddedPostgres
import Postgres
import TestSupport
import Testing

@Suite("Lost connections are replaced", .serialized)
struct ReconnectTests {
    private let one = Statement("one", "SELECT 1")

    @Test func aRestartOfTheServerIsSurvived() async throws {
        let server = try await EmbeddedPostgres.start(durable: false)
        try await withDatabase(at: server.connectionString(), maximumConnections: 4) { (database) async throws in
            try await withThrowingTaskGroup { group in
                for _ in 1...4 { group.addTask { _ = try await database.query(.once("SELECT pg_sleep(0.05)")) } }
                try await group.waitForAll()
            }
            let running = Task { try await database.query(.once("SELECT pg_sleep(60)")) }
            try await eventually(within: .seconds(60), "the statement runs") { database.status.open - database.status.idle == 1 }
            try await server.restart(.immediate)
            let error = try await postgresError { try await running.value }
            #expect(error?.isTransient == true)
            for _ in 1...8 { #expect(try await database.query(one).value(Int.self) == 1) }
        }
        await server.stop(.immediate)
    }

    @Test func aServerThatComesLaterIsWaitedFor() async throws {
        let server = try await EmbeddedPostgres.start(durable: false)
        try await server.interrupt(.immediate)
        try await withDatabase(at: server.connectionString(), { $0.acquireTimeout = .seconds(60) }) { (database) async throws in
            let waiting = Task { try await database.query(one).value(Int.self) }
            try await eventually(within: .seconds(60), "the pool has tried") { database.status.lastFailure != nil }
            try await server.resume()
            #expect(try await waiting.value == 1)
            #expect(database.status.lastFailure == nil)
        }
        await server.stop(.immediate)
    }

    @Test func ofSeveralHostsTheOneThatFitsIsTaken() async throws {
        let primary = try await EmbeddedPostgres.start(durable: false)
        let standby = try await EmbeddedPostgres.start(settings: ["default_transaction_read_only": "on"], durable: false)
        for server in [primary, standby] {
            try await withDatabase(at: server.connectionString()) {
                try await $0.withConnection {
                    try await $0.run(script: "BEGIN READ WRITE; ALTER ROLE postgres PASSWORD 'same'; COMMIT")
                }
            }
        }
        let hosts = "127.0.0.1:1,127.0.0.1:\(standby.port),127.0.0.1:\(primary.port)"
        let url = "postgresql://postgres:same@\(hosts)/postgres?target_session_attrs="
        let port = Statement("port", "SELECT current_setting('port')::int")
        try await withDatabase(at: url + "read-write") { (database) async throws in
            #expect(try await database.query(port).value(Int.self) == primary.port)
        }
        try await withDatabase(at: url + "any") { (database) async throws in
            #expect(try await database.query(port).value(Int.self) == standby.port)
        }
        await primary.stop(.immediate)
        await standby.stop(.immediate)
    }
}

@Suite("Connections that the server ends", .database)
struct TerminationTests {
    private let terminate = Statement("terminate", "SELECT pg_terminate_backend($1)")

    @Test func anIdleOneIsReplacedBeforeAnybodyNotices() async throws {
        try await withDatabase(maximumConnections: 2) { (database) async throws in
            let first = try await database.withConnection { $0.processID }
            try await withDatabase { _ = try await $0.query(terminate, [first]) }
            try await eventually(within: .seconds(60), "the pool has noticed") { database.status.open == 0 }
            let second = try await database.withConnection { $0.processID }
            #expect(second != first)
        }
    }

    @Test func oneInATransactionFailsItsBody() async throws {
        try await withDatabase(maximumConnections: 2) { (database) async throws in
            let error = try await postgresError {
                try await database.withTransaction { (connection) async throws in
                    _ = try await connection.query(.once("SELECT 1"))
                    _ = try await database.query(terminate, [connection.processID])
                    for _ in 1...100 { _ = try await connection.query(.once("SELECT 1")) }
                }
            }
            #expect(error?.isTransient == true)
            #expect(try await database.query(.once("SELECT 1")).value(Int.self) == 1)
        }
    }

    @Test func withRetriesTheBodyRunsAgainOnAnother() async throws {
        try await withDatabase(maximumConnections: 2) { (database) async throws in
            try await database.withConnection { try await $0.run(script: "CREATE TABLE again (i int)") }
            let attempts = Tally()
            try await database.withTransaction(.init(retries: 2)) { (connection) async throws in
                attempts.add()
                try await connection.execute(.once("INSERT INTO again VALUES (1)"))
                if attempts.count == 1 { _ = try await database.query(terminate, [connection.processID]) }
                _ = try await connection.query(.once("SELECT pg_sleep(0.05)"))
            }
            #expect(attempts.count == 2)
            #expect(try await database.query(.once("SELECT count(*) FROM again")).value(Int.self) == 1)
        }
    }

    @Test func duringACommitNobodyKnows() async throws {
        try await withDatabase(maximumConnections: 2) { (database) async throws in
            try await database.withConnection { (connection) async throws in
                // A deferred trigger that ends its own backend: the connection breaks while COMMIT runs.
                try await connection.run(
                    script: """
                        CREATE TABLE doomed (i int);
                        CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                            $$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END$$;
                        CREATE CONSTRAINT TRIGGER die AFTER INSERT ON doomed DEFERRABLE INITIALLY DEFERRED
                            FOR EACH ROW EXECUTE FUNCTION die()
                        """)
            }
            let attempts = Tally()
            let error = try await postgresError {
                try await database.withTransaction(.init(retries: 3)) { (connection) async throws in
                    attempts.add()
                    try await connection.execute(.once("INSERT INTO doomed VALUES (1)"))
                }
            }
            #expect(error?.code == .commitUnknown)
            #expect(attempts.count == 1)
        }
    }
}
