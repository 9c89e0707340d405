import Foundation
import Postgres
import TestSupport
import Testing

@Suite("COPY takes rows in and gives them out", .database)
struct CopyTests {
    private struct Abandoned: Error {}

    private func withTable<R: Sendable>(_ name: String, _ body: (Connection) async throws -> R) async throws -> R {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                try await connection.run(
                    script: "CREATE TABLE \(name) (id int, text text, at timestamptz, json jsonb, tags text[])")
                return try await body(connection)
            }
        }
    }

    private func count(_ table: String, _ connection: Connection) async throws -> Int {
        try await connection.query(.once("SELECT count(*) FROM \(table)")).value()
    }

    private let awkward = "tab\t line\n return\r back\\slash \\N 漢"

    @Test func rowsInTextFormatKeepEveryCharacter() async throws {
        try await withTable("copied") { (connection) async throws in
            let copied = try await connection.copyIn("COPY copied FROM STDIN") { writer in
                try await writer.row([1, awkward, Date(timeIntervalSince1970: 1), JSONB("{\"a\": \"\\n\"}"), ["x", "y,\"z"]])
                try await writer.row(2, String?.none, Date.distantFuture, JSONB?.none, [String]())
            }
            #expect(copied == 2)
            let rows = try await connection.query(.once("SELECT * FROM copied ORDER BY id"))
            let (id, text, at, json, tags) = try rows[0].decode(Int.self, String.self, Date.self, JSONB.self, [String].self)
            #expect(id == 1 && text == awkward && at == Date(timeIntervalSince1970: 1) && tags == ["x", "y,\"z"])
            #expect(try json.decode([String: String].self) == ["a": "\n"])
            #expect(rows[1]["text"].isNull && rows[1]["json"].isNull)
        }
    }

    @Test func rowsInBinaryFormat() async throws {
        try await withTable("binary_rows") { (connection) async throws in
            let copied = try await connection.copyIn(into: "binary_rows", columns: ["text", "id", "at", "json", "tags"]) {
                writer in
                for number in 1...5_000 {
                    try await writer.row(awkward, number, Date(timeIntervalSince1970: 1), JSONB("{}"), ["a"])
                }
                try await writer.row([String?.none, 0, Date?.none, JSONB?.none, [String]?.none])
            }
            #expect(copied == 5_001)
            let row = try await connection.query(.once("SELECT sum(id), count(DISTINCT text), min(text) FROM binary_rows"))[0]
            #expect(try row.decode(Int.self, Int.self, String.self) == (12_502_500, 1, awkward))
        }
    }

    @Test func aBodyThatThrowsLeavesNothingAndAUsableConnection() async throws {
        try await withTable("given_up") { (connection) async throws in
            await #expect(throws: Abandoned.self) {
                try await connection.copyIn("COPY given_up (id) FROM STDIN") { writer in
                    for number in 1...50_000 { try await writer.row(number) }
                    throw Abandoned()
                }
            }
            let left = try await count("given_up", connection)
            #expect(left == 0)
        }
    }

    @Test func badDataIsTheServersError() async throws {
        try await withTable("bad") { (connection) async throws in
            let error = try await postgresError {
                try await connection.copyIn("COPY bad (id) FROM STDIN") { writer in
                    for _ in 1...100_000 { try await writer.write("secret-word\n") }
                }
            }
            #expect(error?.code == .invalidTextRepresentation)
            #expect(error?.description.contains("secret-word") == false)
            #expect(try await count("bad", connection) == 0)
        }
    }

    @Test func everyRowComesOut() async throws {
        try await withTable("given") { (connection) async throws in
            try await connection.run(script: "INSERT INTO given (id) SELECT generate_series(1, 30000)")
            var sum = 0
            try await connection.copyOut("COPY given (id) TO STDOUT") { row in
                sum += Int(String(decoding: row.dropLast(), as: UTF8.self))!
            }
            #expect(sum == 450_015_000)
        }
    }

    @Test func everyRowIsReadInItsPlace() async throws {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                var sum = 0
                try await connection.copyOutInPlace("COPY (SELECT generate_series(1, 30000)) TO STDOUT") { row in
                    sum += Int(String(decoding: row.dropLast(), as: UTF8.self)) ?? 0
                }
                #expect(sum == 450_015_000)
                await #expect(throws: Abandoned.self) {
                    try await connection.copyOutInPlace("COPY (SELECT generate_series(1, 100000000)) TO STDOUT") { _ in
                        throw Abandoned()
                    }
                }
                let next = try await connection.query(.once("SELECT 1")).value(Int.self)
                #expect(next == 1)
            }
        }
    }

    @Test func aReaderThatThrowsStopsTheServer() async throws {
        try await withTable("stopped") { (connection) async throws in
            var seen = 0
            await #expect(throws: Abandoned.self) {
                try await connection.copyOut("COPY (SELECT generate_series(1, 100000000)) TO STDOUT") { _ in
                    seen += 1
                    if seen == 100 { throw Abandoned() }
                }
            }
            let next = try await connection.query(.once("SELECT 1")).value(Int.self)
            #expect(next == 1)
        }
    }

    @Test func aSlowReaderHoldsTheServerBack() async throws {
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                var rows = 0
                try await connection.copyOut("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 20000)) TO STDOUT") { _ in
                    rows += 1
                    // Other connections go on meanwhile.
                    if rows % 5_000 == 0 { _ = try await database.query(.once("SELECT pg_sleep(0.05)")) }
                }
                #expect(rows == 20_000)
            }
        }
    }

    @Test func cancellationEndsACopyBothWays() async throws {
        try await withTable("cut") { (connection) async throws in
            for sql in ["COPY (SELECT pg_sleep(0.01) FROM generate_series(1, 100000)) TO STDOUT", "COPY cut (id) FROM STDIN"] {
                let task = Task {
                    if sql.hasSuffix("STDIN") {
                        try await connection.copyIn(sql) { writer in
                            while true {
                                try await writer.write("1\n")
                                try await Task.sleep(for: .milliseconds(1))
                            }
                        }
                    } else {
                        try await connection.copyOut(sql) { _ in }
                    }
                }
                try await withDatabase { observer in
                    let running = Statement.once("SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active'")
                    try await eventually(within: .seconds(60), "the COPY runs") {
                        try await observer.query(running, [connection.processID]).value(Int.self) == 1
                    }
                    task.cancel()
                    await #expect(throws: (any Error).self) { try await task.value }
                    try await eventually(within: .seconds(60), "the COPY ends") {
                        try await observer.query(running, [connection.processID]).value(Int.self) == 0
                    }
                }
                #expect(try await connection.query(.once("SELECT 1")).value(Int.self) == 1)
            }
            #expect(try await count("cut", connection) == 0)
        }
    }

    @Test func theConnectionBelongsToTheCopyMeanwhile() async throws {
        try await withTable("owned") { (connection) async throws in
            let error = try await postgresError {
                try await connection.copyIn("COPY owned (id) FROM STDIN") { _ in _ = try await connection.query(.once("SELECT 1"))
                }
            }
            #expect(error?.code == .misuse)
            #expect(try await connection.query(.once("SELECT 1")).value(Int.self) == 1)
        }
    }

    @Test func copyByTheWrongDoorIsRefused() async throws {
        try await withDatabase { (database) async throws in
            for sql in ["COPY (SELECT 1) TO STDOUT"] {
                #expect(try await postgresError { _ = try await database.query(.once(sql)) } != nil)
                #expect(
                    try await postgresError { try await database.withConnection { try await $0.run(script: sql) } }?.code
                        == .misuse)
                #expect(
                    try await postgresError { try await database.withConnection { try await $0.copyIn(sql) { _ in } } }?.code
                        == .misuse)
            }
            #expect(try await database.query(.once("SELECT 1")).value(Int.self) == 1)
        }
    }
}
