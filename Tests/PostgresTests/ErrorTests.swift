import Postgres
import TestSupport
import Testing

@Suite("Errors say what happened and hide the data", .database)
struct ErrorTests {
    @Test func aViolationNamesConstraintAndStatementButNoValue() async throws {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                try await connection.run(script: "CREATE TABLE phone (number text CONSTRAINT phone_number_key UNIQUE)")
                let insert = Statement("phone.insert", "INSERT INTO phone VALUES ($1)")
                try await connection.execute(insert, ["+4912345"])
                let error = try #require(try await postgresError { try await connection.execute(insert, ["+4912345"]) })
                #expect(error.code == .uniqueViolation)
                #expect(error.constraint == "phone_number_key")
                #expect(error.table == "phone")
                #expect(error.statementName == "phone.insert")
                #expect(!error.isTransient && !error.isRetryable)
                #expect(
                    "\(error)"
                        == "PostgreSQL 23505 unique_violation in statement phone.insert, constraint phone_number_key, table public.phone"
                )
                #expect(error.debugDescription.contains("+4912345"))
                #expect(error.debugDescription.contains("INSERT INTO phone"))
            }
        }
    }

    @Test(arguments: [
        ("SELECT 'secret-value'::int", "22P02"), ("SELECT 1/0", "22012"), ("DO $$BEGIN RAISE 'secret-value'; END$$", "P0001"),
        ("SELECT 'secret-value' 'x'", "42601"), ("SELECT lpad('secret-value', 2000000000)", "54000"),
    ]) func messagesThatMayQuoteValuesStayHidden(_ sql: String, _ code: String) async throws {
        try await withDatabase { (database) async throws in
            let error = try #require(try await postgresError { _ = try await database.query(.once(sql)) })
            #expect(error.code.rawValue == code)
            #expect(!error.description.contains("secret-value"))
        }
    }

    @Test func messagesAboutObjectsAreShown() async throws {
        try await withDatabase { (database) async throws in
            let error = try #require(try await postgresError { _ = try await database.query(.once("SELECT * FROM nowhere")) })
            #expect(error.description.contains("relation \"nowhere\" does not exist"))
        }
    }

    @Test(arguments: [
        (PostgresError.Code.serializationFailure, true, true), (.deadlockDetected, true, true), (.connection, true, false),
        (.timeout, true, false), (.adminShutdown, true, false), (.tooManyConnections, true, false), (.queryCanceled, true, false),
        (.lockNotAvailable, true, false), ("08006", true, false), (.uniqueViolation, false, false), (.cancelled, false, false),
        (.misuse, false, false), (.invalidPassword, false, false),
    ]) func meanings(_ code: PostgresError.Code, _ isTransient: Bool, _ isRetryable: Bool) {
        let error = PostgresError(code, "")
        #expect(error.isTransient == isTransient)
        #expect(error.isRetryable == isRetryable)
    }

    @Test func codesOfTheServerAreToldFromOurs() {
        #expect(PostgresError.Code.uniqueViolation.sqlState == "23505")
        #expect(PostgresError.Code("XX000").sqlState == "XX000")
        #expect(PostgresError.Code.timeout.sqlState == nil)
    }
}
