import Postgres
import TestSupport
import Testing

@Suite("Cancelling a task cancels its statement on the server", .database)
struct CancellationTests {
    private let sleep = Statement("sleep", "SELECT pg_sleep($1)")
    private let active = Statement("active", "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active'")

    private func isActive(_ processID: Int32, _ database: Database) async throws -> Bool {
        try await database.query(active, [processID]).value(Int.self) == 1
    }

    @Test func theStatementEndsAndTheConnectionStays() async throws {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                let task = Task { try await connection.query(sleep, [60.0]) }
                try await eventually(within: .seconds(60), "the statement runs") {
                    try await isActive(connection.processID, database)
                }
                task.cancel()
                let error = try await postgresError { try await task.value }
                #expect(error?.code == .cancelled)
                #expect(try await isActive(connection.processID, database) == false)
                #expect(try await connection.query(.once("SELECT pg_backend_pid()")).value(Int32.self) == connection.processID)
            }
        }
    }

    @Test func aTaskCancelledBeforeSendsNothing() async throws {
        try await withDatabase { (database) async throws in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await database.query(sleep, [60.0])
            }
            let error = try await postgresError { try await task.value }
            #expect(error?.code == .cancelled)
        }
    }

    @Test func aLateCancelNeverHitsTheNextStatement() async throws {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                for round in 0..<150 {
                    let task = Task { try await connection.query(sleep, [0.001]) }
                    try await Task.sleep(for: .microseconds(round * 20))
                    task.cancel()
                    let error = try await postgresError { try await task.value }
                    #expect(error == nil || error?.code == .cancelled)
                    #expect(try await connection.query(.once("SELECT \(round)")).value(Int.self) == round)
                }
            }
        }
    }

    @Test func aCancelledTransactionIsRolledBack() async throws {
        try await withDatabase(maximumConnections: 2) { (database) async throws in
            try await database.withConnection { try await $0.run(script: "CREATE TABLE untouched (i int)") }
            let task = Task {
                try await database.withTransaction { (connection) async throws in
                    try await connection.execute(.once("INSERT INTO untouched VALUES (1)"))
                    try await connection.execute(sleep, [60.0])
                }
            }
            let sleeping = Statement.once("SELECT count(*) FROM pg_stat_activity WHERE query = $1 AND state = 'active'")
            try await eventually(within: .seconds(60), "the statement runs") {
                try await database.query(sleeping, [sleep.sql]).value(Int.self) == 1
            }
            task.cancel()
            #expect(try await postgresError { try await task.value }?.code == .cancelled)
            #expect(try await database.query(.once("SELECT count(*) FROM untouched")).value(Int.self) == 0)
            #expect(database.status.open <= 2)
        }
    }

    @Test func aCancelledPipelineLeavesAUsableConnection() async throws {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                let task = Task { try await connection.pipeline((0..<10).map { _ in Request(sleep, [10.0]) }) }
                try await eventually(within: .seconds(60), "the batch runs") {
                    try await isActive(connection.processID, database)
                }
                task.cancel()
                #expect(try await postgresError { try await task.value }?.code == .cancelled)
                #expect(try await connection.query(.once("SELECT 1")).value(Int.self) == 1)
            }
        }
    }

    @Test func theServersStatementTimeoutIsAnErrorOfItsOwn() async throws {
        try await withDatabase({ $0.statementTimeout = .milliseconds(50) }) { (database) async throws in
            let error = try await postgresError { try await database.query(sleep, [60.0]) }
            #expect(error?.code == .queryCanceled)
            #expect(error?.isTransient == true)
        }
    }

    @Test func theLockTimeoutToo() async throws {
        try await withDatabase({ $0.lockTimeout = .milliseconds(50) }) { (database) async throws in
            try await database.withConnection { try await $0.run(script: "CREATE TABLE locked (i int)") }
            try await database.withTransaction { (connection) async throws in
                try await connection.run(script: "LOCK TABLE locked")
                let error = try await postgresError { try await database.query(.once("SELECT * FROM locked")) }
                #expect(error?.code == .lockNotAvailable)
            }
        }
    }

    @Test func theClientsDeadlineHoldsWhenTheServersDoesNot() async throws {
        try await withDatabase({ $0.answerTimeout = .milliseconds(100) }) { (database) async throws in
            try await database.withConnection { (connection) async throws in
                let error = try await postgresError { try await connection.query(sleep, [60.0]) }
                #expect(error?.code == .timeout)
                // Where much else is to be done an answer may take longer than that; one that counts as lost never answers again.
                try await eventually("the connection answers") {
                    (try? await connection.query(.once("SELECT 1")).value(Int.self)) == 1
                }
            }
        }
    }
}
