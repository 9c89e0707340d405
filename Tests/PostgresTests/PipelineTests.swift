import Postgres
import TestSupport
import Testing

@Suite("A pipeline is one round trip and one implicit transaction", .database)
struct PipelineTests {
    private let double = Statement("double", "SELECT $1::int * 2")
    private let divide = Statement("divide", "SELECT 10 / $1::int")

    @Test func resultsComeInOrder() async throws {
        try await withDatabase { (database) async throws in
            let results = try await database.pipeline((1...500).map { Request(double, [$0]) })
            #expect(try results.map { try $0.value(Int.self) } == (1...500).map { $0 * 2 })
            #expect(try await database.pipeline([]).isEmpty)
        }
    }

    @Test func theFirstErrorHasItsIndexAndNothingStays() async throws {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                try await connection.run(script: "CREATE TABLE piped (i int)")
                let insert = Statement("piped.insert", "INSERT INTO piped VALUES ($1)")
                let error = try await postgresError {
                    _ = try await connection.pipeline([
                        Request(insert, [1]), Request(divide, [5]), Request(divide, [0]), Request(insert, [2]),
                        Request(divide, [0]),
                    ])
                }
                #expect(error?.code == .divisionByZero)
                #expect(error?.index == 2)
                #expect(error?.statementName == "divide")
                #expect(try await connection.query(.once("SELECT count(*) FROM piped")).value(Int.self) == 0)
            }
        }
    }

    @Test func aValueThatCanNotBeSentStopsTheBatchBeforeItStarts() async throws {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                try await connection.run(script: "CREATE TABLE unsent (i int)")
                let insert = Statement("unsent.insert", "INSERT INTO unsent VALUES ($1)")
                let error = try await postgresError {
                    _ = try await connection.pipeline([Request(insert, [1]), Request(insert, [Int.max])])
                }
                #expect(error?.code == .encoding)
                #expect(error?.index == 1)
                #expect(try await connection.query(.once("SELECT count(*) FROM unsent")).value(Int.self) == 0)
            }
        }
    }

    @Test func inATransactionBeginTravelsAlong() async throws {
        try await withDatabase { (database) async throws in
            try await database.withTransaction { (connection) async throws in
                let results = try await connection.pipeline([Request(double, [1]), Request(double, [2])])
                #expect(try results.map { try $0.value(Int.self) } == [2, 4])
                let state = Statement.once("SELECT pg_current_xact_id_if_assigned() IS NULL, now() = statement_timestamp()")
                #expect(try await connection.query(state)[0].decode(Bool.self, Bool.self) == (true, false))
            }
            let error = try await postgresError {
                try await database.withTransaction { (connection) async throws in
                    _ = try await connection.pipeline([Request(double, [1]), Request(divide, [0])])
                }
            }
            #expect(error?.index == 1)
            // An error in the very first statement of a transaction.
            let first = try await postgresError { try await database.withTransaction { try await $0.query(divide, [0]) } }
            #expect(first?.code == .divisionByZero)
        }
    }

    @Test func moreThanTheBuffersHoldFlowsBothWays() async throws {
        try await withDatabase { (database) async throws in
            let echo = Statement("echo", "SELECT $1::text")
            let text = String(repeating: "0123456789abcdef", count: 1_024)
            let results = try await database.pipeline((0..<2_000).map { _ in Request(echo, [text]) })
            #expect(results.count == 2_000)
            #expect(try results.allSatisfy { try $0.value(String.self) == text })
        }
    }

    @Test func tasksShareAConnectionInTurn() async throws {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                try await withThrowingTaskGroup { group in
                    for number in 1...50 {
                        group.addTask {
                            let doubled = try await connection.query(double, [number]).value(Int.self)
                            #expect(doubled == number * 2)
                        }
                        group.addTask {
                            let batch = try await connection.pipeline([Request(double, [number])])
                            #expect(batch.count == 1)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }
}
