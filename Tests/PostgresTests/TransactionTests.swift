import Postgres
import TestSupport
import Testing

@Suite("Transactions are whole or nothing", .database)
struct TransactionTests {
    private struct Abandoned: Error {}

    private func withTable<R: Sendable>(_ name: String, _ body: (Database) async throws -> R) async throws -> R {
        try await withDatabase { (database) async throws in
            try await database.withConnection {
                try await $0.run(
                    script: "CREATE TABLE \(name) (id int PRIMARY KEY, value int); INSERT INTO \(name) VALUES (1, 0), (2, 0)")
            }
            return try await body(database)
        }
    }

    private func values(_ table: String, _ database: Database) async throws -> [Int] {
        try await database.query(.once("SELECT value FROM \(table) ORDER BY id")).map { try $0[0].decode(Int.self) }
    }

    @Test func whatReturnsIsCommittedAndWhatThrowsIsNot() async throws {
        try await withTable("whole") { (database) async throws in
            try await database.withTransaction { try await $0.execute(.once("UPDATE whole SET value = 1")) }
            await #expect(throws: Abandoned.self) {
                try await database.withTransaction { (connection) async throws in
                    try await connection.execute(.once("UPDATE whole SET value = 2"))
                    throw Abandoned()
                }
            }
            #expect(try await values("whole", database) == [1, 1])
        }
    }

    @Test func anErrorThatTheBodySwallowsStillFailsTheTransaction() async throws {
        try await withTable("swallowed") { (database) async throws in
            let error = try await postgresError {
                try await database.withTransaction { (connection) async throws in
                    try await connection.execute(.once("UPDATE swallowed SET value = 1"))
                    _ = try? await connection.query(.once("SELECT 1/0"))
                }
            }
            #expect(error?.code == .inFailedTransaction)
            #expect(try await values("swallowed", database) == [0, 0])
        }
    }

    @Test func anErrorInTheFirstStatementIsOneOfTheTransaction() async throws {
        try await withTable("first") { (database) async throws in
            let error = try await postgresError {
                try await database.withTransaction { (connection) async throws in
                    _ = try? await connection.query(.once("SELECT nonsense"))
                    try await connection.execute(.once("UPDATE first SET value = 1"))
                }
            }
            #expect(error?.code == .inFailedTransaction)
            #expect(try await values("first", database) == [0, 0])
        }
    }

    @Test func optionsReachTheServer() async throws {
        try await withDatabase { (database) async throws in
            let options = TransactionOptions(isolation: .serializable, readOnly: true)
            let show = Statement.once("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
            let row = try await database.withTransaction(options) { try await $0.query(show)[0].decode(String.self, String.self) }
            #expect(row == ("serializable", "on"))
            let error = try await postgresError {
                try await database.withTransaction(options) { try await $0.run(script: "CREATE TABLE never (i int)") }
            }
            #expect(error?.code == .readOnlyTransaction)
        }
    }

    @Test func serialisationFailuresAreRetriedWhenAskedFor() async throws {
        try await withTable("conflict") { (database) async throws in
            // Both read before either writes, so one must fail once.
            let attempts = Tally()
            let gate = Gate(2)
            try await withThrowingTaskGroup { group in
                for _ in 1...2 {
                    group.addTask {
                        try await database.withTransaction(.init(isolation: .serializable, retries: 5)) {
                            (connection) async throws in
                            attempts.add()
                            let sum = try await connection.query(.once("SELECT sum(value) FROM conflict")).value(Int.self)
                            await gate.pass()
                            try await connection.execute(.once("UPDATE conflict SET value = $1 WHERE id = 1"), [sum + 1])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(attempts.count == 3)
            #expect(try await values("conflict", database) == [2, 0])
        }
    }

    @Test func withoutRetriesTheFailureIsThrown() async throws {
        try await withTable("refused") { (database) async throws in
            let gate = Gate(2)
            let failures = try await withThrowingTaskGroup { group in
                for id in 1...2 {
                    group.addTask {
                        try await postgresError {
                            try await database.withTransaction { (connection) async throws in
                                try await connection.execute(.once("UPDATE refused SET value = 1 WHERE id = $1"), [id])
                                await gate.pass()
                                try await connection.execute(.once("UPDATE refused SET value = 2 WHERE id = $1"), [3 - id])
                            }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1?.code) }
            }
            #expect(failures.contains(.deadlockDetected) && failures.contains(nil))
        }
    }

    @Test func deadlocksAreRetriedWhenAskedFor() async throws {
        try await withTable("deadlock") { (database) async throws in
            let gate = Gate(2)
            try await withThrowingTaskGroup { group in
                for id in 1...2 {
                    group.addTask {
                        try await database.withTransaction(.init(retries: 3)) { (connection) async throws in
                            try await connection.execute(.once("UPDATE deadlock SET value = value + 1 WHERE id = $1"), [id])
                            await gate.pass()
                            try await connection.execute(.once("UPDATE deadlock SET value = value + 1 WHERE id = $1"), [3 - id])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await values("deadlock", database) == [2, 2])
        }
    }

    @Test func aSavepointUndoesOnlyItself() async throws {
        try await withTable("saved") { (database) async throws in
            try await database.withTransaction { (connection) async throws in
                try await connection.execute(.once("UPDATE saved SET value = 1 WHERE id = 1"))
                let error = try await postgresError {
                    try await connection.withSavepoint { (connection) async throws in
                        try await connection.execute(.once("UPDATE saved SET value = 2"))
                        try await connection.execute(.once("INSERT INTO saved VALUES (1, 1)"))
                    }
                }
                #expect(error?.code == .uniqueViolation)
                try await connection.withSavepoint { outer in
                    try await outer.execute(.once("UPDATE saved SET value = 3 WHERE id = 2"))
                    await #expect(throws: Abandoned.self) {
                        try await outer.withSavepoint { inner in
                            try await inner.execute(.once("UPDATE saved SET value = 4 WHERE id = 2"))
                            throw Abandoned()
                        }
                    }
                }
            }
            #expect(try await values("saved", database) == [1, 3])
        }
    }

    @Test func transactionsDoNotNestAndSavepointsNeedOne() async throws {
        try await withDatabase { (database) async throws in
            try await database.withTransaction { (connection) async throws in
                #expect(try await postgresError { try await connection.withTransaction { _ in } }?.code == .misuse)
                #expect(try await connection.query(.once("SELECT 1")).value(Int.self) == 1)
            }
            try await database.withConnection { (connection) async throws in
                #expect(try await postgresError { try await connection.withSavepoint { _ in } }?.code == .misuse)
            }
        }
    }

    @Test func beginTravelsWithTheFirstStatement() async throws {
        try await withDatabase(maximumConnections: 2) { (database) async throws in
            try await database.withTransaction { (connection) async throws in
                let pid = Int(connection.processID)
                let state = Statement.once("SELECT state FROM pg_stat_activity WHERE pid = $1")
                #expect(try await database.query(state, [pid]).value(String.self) == "idle")
                _ = try await connection.query(.once("SELECT 1"))
                #expect(try await database.query(state, [pid]).value(String.self) == "idle in transaction")
            }
        }
    }

    @Test func aTransactionLeftOpenIsRolledBack() async throws {
        try await withDatabase(maximumConnections: 1) { (database) async throws in
            let first = try await database.withConnection { (connection) async throws in
                try await connection.run(script: "BEGIN; CREATE TABLE left_open (i int)")
                return connection.processID
            }
            try await database.withConnection { (connection) async throws in
                #expect(connection.processID == first)
                #expect(try await connection.query(.once("SELECT to_regclass('left_open') IS NULL")).value(Bool.self))
            }
        }
    }

    @Test func anActorMayUseItsStateInTheBody() async throws {
        actor Counter {
            var sum = 0
            func add(_ database: Database) async throws {
                try await database.withTransaction { (connection) async throws in
                    sum += try await connection.query(.once("SELECT 1")).value(Int.self)
                    try await connection.withSavepoint { sum += try await $0.query(.once("SELECT 2")).value(Int.self) }
                }
            }
        }
        try await withDatabase { (database) async throws in
            let counter = Counter()
            try await withThrowingTaskGroup { group in
                for _ in 1...20 { group.addTask { try await counter.add(database) } }
                try await group.waitForAll()
            }
            #expect(await counter.sum == 60)
        }
    }

    @Test @MainActor func theMainActorStaysOnItsThread() async throws {
        try await withDatabase { (database) async throws in
            try await database.withTransaction { (connection) async throws in
                MainActor.assertIsolated()
                for number in 1...20 { #expect(try await connection.query(.once("SELECT \(number)")).value(Int.self) == number) }
                MainActor.assertIsolated()
            }
        }
    }
}

/// Lets nobody through until so many have come; open from then on.
actor Gate {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { missing = count }

    func pass() async {
        missing -= 1
        if missing > 0 {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
    }
}
