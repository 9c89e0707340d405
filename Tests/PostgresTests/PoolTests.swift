import EmbeddedPostgres
import Postgres
import TestSupport
import Testing

@Suite("The pool lends its connections fairly", .database)
struct PoolTests {
    private let sleep = Statement("sleep", "SELECT pg_sleep($1)")

    @Test func neverMoreThanTheMaximumAreOpen() async throws {
        try await withDatabase(maximumConnections: 3) { (database) async throws in
            let processes = try await withThrowingTaskGroup { group in
                for _ in 1...60 {
                    group.addTask { try await database.query(.once("SELECT pg_backend_pid(), pg_sleep(0.002)")).value(Int.self) }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(processes.count <= 3)
            #expect(database.status.open <= 3 && database.status.idle == database.status.open)
        }
    }

    @Test func oneIsEnoughForOneAtATime() async throws {
        try await withDatabase { (database) async throws in
            for _ in 1...10 { _ = try await database.query(.once("SELECT 1")) }
            #expect(database.status.open == 1)
        }
    }

    @Test func whoComesFirstIsServedFirst() async throws {
        try await withDatabase(maximumConnections: 1) { (database) async throws in
            let order = Journal()
            try await database.withConnection { (_) async throws in
                // Everybody queues up while we hold the only connection.
                for number in 1...10 {
                    Task { try await database.withConnection { _ in order.append(number) } }
                    try await eventually(within: .seconds(60), "number \(number) waits") { database.status.waiting == number }
                }
            }
            try await eventually(within: .seconds(60), "all were served") { order.entries.count == 10 }
            #expect(order.entries == Array(1...10))
        }
    }

    @Test func anExhaustedPoolSaysSoInTime() async throws {
        try await withDatabase(maximumConnections: 1, { $0.acquireTimeout = .seconds(2) }) { (database) async throws in
            try await eventually(within: .seconds(60), "a connection is open") {
                (try? await database.query(.once("SELECT 1"))) != nil
            }
            try await database.withConnection { (_) async throws in
                let error = try await postgresError { try await database.query(.once("SELECT 1")) }
                #expect(error?.code == .timeout)
                #expect(error?.isTransient == true)
            }
            #expect(try await database.query(.once("SELECT 1")).value(Int.self) == 1)
        }
    }

    @Test func waitingEndsWithTheTask() async throws {
        try await withDatabase(maximumConnections: 1) { (database) async throws in
            try await database.withConnection { (_) async throws in
                let task = Task { try await database.query(.once("SELECT 1")) }
                try await eventually(within: .seconds(60), "the task waits") { database.status.waiting == 1 }
                task.cancel()
                #expect(try await postgresError { try await task.value }?.code == .cancelled)
                #expect(database.status.waiting == 0)
            }
            #expect(try await database.query(.once("SELECT 1")).value(Int.self) == 1)
        }
    }

    @Test func closingRefusesTheNewAndWaitsForTheOld() async throws {
        try await withDatabase(maximumConnections: 2, { $0.closeTimeout = .seconds(60) }) { (database) async throws in
            let gate = Gate(2)
            let running = Task {
                try await database.withConnection { (connection) async throws in
                    await gate.pass()
                    return try await connection.query(.once("SELECT 7")).value(Int.self)
                }
            }
            try await eventually(within: .seconds(60), "the old has its connection") {
                database.status.open - database.status.idle == 1
            }
            async let closed: Void = database.close()
            try await eventually("the new is refused") {
                try await postgresError { try await database.query(.once("SELECT 1")) }?.code == .poolClosed
            }
            await gate.pass()
            await closed
            #expect(try await running.value == 7)
            #expect(database.status.open == 0)
            #expect(try await postgresError { try await database.query(.once("SELECT 1")) }?.code == .poolClosed)
        }
    }

    @Test func closingCancelsWhatTakesTooLong() async throws {
        try await withDatabase({ $0.closeTimeout = .milliseconds(100) }) { (database) async throws in
            let running = Task { try await database.query(sleep, [60.0]) }
            try await eventually(within: .seconds(60), "the statement has its connection") {
                database.status.open - database.status.idle == 1
            }
            await database.close()
            #expect(try await postgresError { try await running.value }?.code == .poolClosed)
        }
    }

    @Test func closingTellsThoseWhoWait() async throws {
        try await withDatabase(maximumConnections: 1, { $0.closeTimeout = .seconds(60) }) { (database) async throws in
            let gate = Gate(2)
            let holder = Task { try await database.withConnection { _ in await gate.pass() } }
            try await eventually(within: .seconds(60), "the connection is lent") {
                database.status.open - database.status.idle == 1
            }
            let waiting = Task { try await database.query(.once("SELECT 1")) }
            try await eventually(within: .seconds(60), "the task waits") { database.status.waiting == 1 }
            async let closed: Void = database.close()
            #expect(try await postgresError { try await waiting.value }?.code == .poolClosed)
            await gate.pass()
            await closed
            try await holder.value
        }
    }

    /// Its timers run for a while longer; they must not keep it.
    @Test func aPoolThatIsClosedIsFreedAtOnce() async throws {
        struct Weak { weak var database: Database? }
        func usedAndClosed() async throws -> Weak {
            try await withDatabase(
                maximumConnections: 1,
                {
                    $0.acquireTimeout = .seconds(3600)
                    $0.closeTimeout = .seconds(3600)
                }
            ) { (database) async throws in
                try await database.withConnection { (_) async throws in
                    let waiting = Task { try await database.query(.once("SELECT 1")) }
                    try await eventually("it waits, with a timer") { database.status.waiting == 1 }
                    waiting.cancel()
                    _ = await waiting.result
                }
                return Weak(database: database)
            }
        }
        let freed = try await usedAndClosed()
        try await eventually(within: .seconds(30), "nothing holds it") { freed.database == nil }
    }

    @Test func aServerThatIsNotThereIsReportedInTime() async throws {
        let url = "postgresql://nobody@127.0.0.1:1/none"
        try await withDatabase(at: url, { $0.acquireTimeout = .seconds(2) }) { (database) async throws in
            let error = try await postgresError { try await database.query(.once("SELECT 1")) }
            #expect(error?.code == .connection)
            #expect(error?.isTransient == true)
            #expect(database.status.lastFailure?.code == .connection)
        }
    }

    @Test func aWrongPasswordFailsAtOnce() async throws {
        let server = try await TestCluster.shared.server()
        try await withDatabase {
            try await $0.withConnection { try await $0.run(script: "CREATE ROLE guarded LOGIN PASSWORD 'right'") }
        }
        try await withDatabase(at: server.connectionString(user: "guarded", password: "wrong")) { (database) async throws in
            let start = ContinuousClock.now
            let error = try await postgresError { try await database.query(.once("SELECT 1")) }
            #expect(error?.code == .invalidPassword)
            #expect(error?.isTransient == false)
            // Not when the time for a connection is over.
            #expect(ContinuousClock.now - start < .seconds(30))
        }
        try await withDatabase(at: server.connectionString(database: "nowhere")) { (database) async throws in
            #expect(try await postgresError { try await database.query(.once("SELECT 1")) }?.code == .unknownDatabase)
        }
    }

    @Test func aConnectionStringThatCanNotBeReadIsNotRepeated() async throws {
        try await withDatabase(at: "host=x password=secret-word nonsense") { (database) async throws in
            let error = try #require(try await postgresError { try await database.query(.once("SELECT 1")) })
            #expect(error.code == .misuse)
            #expect(!error.debugDescription.contains("secret-word"))
        }
    }

    @Test func aConnectionGoesBackAfterAnErrorInTheBody() async throws {
        struct Abandoned: Error {}
        try await withDatabase(maximumConnections: 1) { (database) async throws in
            for _ in 1...3 {
                await #expect(throws: Abandoned.self) { try await database.withConnection { _ in throw Abandoned() } }
            }
            #expect(try await database.query(.once("SELECT 1")).value(Int.self) == 1)
        }
    }
}
