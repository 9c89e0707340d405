import Postgres
import TestSupport
import Testing

@Suite("Statements are prepared once and survive what happens to them", .database)
struct StatementTests {
    private let add = Statement("add", "SELECT $1::int + 1")
    private let prepared = Statement.once("SELECT name FROM pg_prepared_statements ORDER BY name")

    @Test func aStatementIsPreparedOncePerConnection() async throws {
        try await withDatabase(maximumConnections: 1) { (database) async throws in
            for number in 1...3 { #expect(try await database.query(add, [number]).value(Int.self) == number + 1) }
            #expect(try await database.query(prepared).map { try $0[0].decode(String.self) } == ["add"])
        }
    }

    @Test func anotherTextUnderAUsedNameIsRefused() async throws {
        try await withDatabase(maximumConnections: 1) { (database) async throws in
            _ = try await database.query(add, [1])
            let error = try await postgresError { _ = try await database.query(Statement("add", "SELECT 2")) }
            #expect(error?.code == .misuse)
        }
    }

    @Test func aForgottenStatementIsPreparedAgain() async throws {
        try await withDatabase(maximumConnections: 1) { (database) async throws in
            _ = try await database.query(add, [1])
            try await database.withConnection { try await $0.run(script: "DEALLOCATE ALL") }
            #expect(try await database.query(add, [2]).value(Int.self) == 3)
            #expect(try await database.query(add, [3]).value(Int.self) == 4)
        }
    }

    @Test func aForgottenStatementInsideATransactionFailsItAndIsPreparedAfterwards() async throws {
        try await withDatabase(maximumConnections: 1) { (database) async throws in
            _ = try await database.query(add, [1])
            try await database.withConnection { try await $0.run(script: "DISCARD ALL") }
            let error = try await postgresError { _ = try await database.withTransaction { try await $0.query(add, [1]) } }
            #expect(error?.code == .invalidStatementName)
            try await database.withConnection { try await $0.run(script: "DISCARD ALL") }
            let value = try await database.withTransaction(.init(retries: 1)) { try await $0.query(add, [5]).value(Int.self) }
            #expect(value == 6)
        }
    }

    @Test func aTableThatChangesUnderItsPlanIsReadAgain() async throws {
        try await withDatabase(maximumConnections: 1) { (database) async throws in
            let all = Statement("all", "SELECT * FROM growing")
            try await database.withConnection { (connection) async throws in
                try await connection.run(script: "CREATE TABLE growing (a int); INSERT INTO growing VALUES (1)")
                #expect(try await connection.query(all).columns == ["a"])
                try await connection.run(script: "ALTER TABLE growing ADD b int")
                #expect(try await connection.query(all).columns == ["a", "b"])
                try await connection.run(script: "ALTER TABLE growing ADD c int")
            }
            let columns = try await database.withTransaction(.init(retries: 1)) { try await $0.query(all).columns }
            #expect(columns == ["a", "b", "c"])
        }
    }

    @Test func parametersAreCounted() async throws {
        try await withDatabase { (database) async throws in
            #expect(try await postgresError { _ = try await database.query(add) }?.code == .misuse)
            #expect(try await postgresError { _ = try await database.query(add, [1, 2]) }?.code == .misuse)
        }
    }

    @Test func behindAPoolerNothingIsKeptByName() async throws {
        try await withDatabase(
            maximumConnections: 1,
            {
                $0.pooling = .transaction; $0.statementTimeout = .seconds(7)
            }
        ) { (database) async throws in
            for number in 1...3 { #expect(try await database.query(add, [number]).value(Int.self) == number + 1) }
            #expect(try await database.query(prepared).isEmpty)
            let batch = try await database.pipeline([Request(add, [1]), Request(add, [2])])
            #expect(try batch.map { try $0.value(Int.self) } == [2, 3])
            let inside = try await database.withTransaction { (connection) async throws in
                try await connection.query(.once("SELECT current_setting('statement_timeout')")).value(String.self)
            }
            #expect(inside == "7s")
            #expect(try await database.query(.once("SELECT current_setting('statement_timeout')")).value(String.self) == "7s")
        }
    }

    @Test func settingsAndNameReachTheServer() async throws {
        let change: (inout DatabaseConfiguration) -> Void = {
            $0.settings = [
                "search_path": "pg_catalog, public", "work_mem": "5MB", "trunkline.text": "a b\\c 'd'", "role": "postgres",
            ]
            $0.statementTimeout = .milliseconds(2_500)
            $0.lockTimeout = .seconds(1)
        }
        try await withDatabase(change) { (database) async throws in
            let names = [
                "search_path", "work_mem", "trunkline.text", "statement_timeout", "lock_timeout", "application_name", "role",
            ]
            let rows = try await database.query(.once("SELECT current_setting(name) FROM unnest($1::text[]) AS name"), [names])
            #expect(
                try rows.map { try $0[0].decode(String.self) }
                    == ["pg_catalog, public", "5MB", "a b\\c 'd'", "2500ms", "1s", "postgres-tests", "postgres"])
        }
    }

    @Test func affectedRowsAreCounted() async throws {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                try await connection.run(script: "CREATE TABLE counted (i int)")
                #expect(try await connection.execute(.once("INSERT INTO counted SELECT generate_series(1, 5)")) == 5)
                #expect(try await connection.execute(.once("UPDATE counted SET i = 0 WHERE i > $1"), [3]) == 2)
                #expect(try await connection.execute(.once("DELETE FROM counted")) == 5)
            }
        }
    }
}
