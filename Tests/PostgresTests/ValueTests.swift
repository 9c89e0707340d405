import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Values go to the server and come back as they were", .database)
struct ValueTests {
    /// Sends a value as a parameter of an SQL type and reads it back, in binary both ways.
    private func echo<T: PostgresEncodable & PostgresDecodable>(_ value: T, as type: String) async throws -> T {
        try await withDatabase { try await $0.query(.once("SELECT $1::\(type)"), [value]).value() }
    }

    @Test func booleans() async throws {
        #expect(try await echo(true, as: "bool"))
        #expect(try await echo(false, as: "bool") == false)
        #expect(try await echo(Bool?.none, as: "bool") == nil)
    }

    @Test(arguments: [Int.min, -1, 0, 1, Int.max]) func bigIntegers(_ value: Int) async throws {
        #expect(try await echo(value, as: "int8") == value)
        #expect(try await echo(Int64(value), as: "int8") == Int64(value))
        #expect(try await echo(value, as: "numeric") == value)
    }

    @Test(arguments: [-32_768, -1, 0, 77, 32_767]) func integersFitSmallerTypes(_ value: Int) async throws {
        #expect(try await echo(value, as: "int4") == value)
        #expect(try await echo(value, as: "int2") == value)
        #expect(try await echo(Int16(value), as: "int8") == Int16(value))
        #expect(try await echo(Int32(value), as: "int2") == Int32(value))
    }

    @Test func integersThatDoNotFitAreRefusedHere() async throws {
        let error = try await postgresError { _ = try await echo(Int(Int32.max) + 1, as: "int4") }
        #expect(error?.code == .encoding)
        #expect(error?.description.contains("2147483648") == false)
        let tooBig = try await postgresError {
            _ = try await withDatabase { try await $0.query(.once("SELECT 70000")).value(Int16.self) }
        }
        #expect(tooBig?.code == .decoding)
    }

    @Test(arguments: [0, -0.5, 1e300, Double.leastNonzeroMagnitude, .infinity, -.infinity, .pi])
    func doubles(_ value: Double) async throws {
        #expect(try await echo(value, as: "float8") == value)
        #expect(try await echo(Float(value), as: "float4") == Float(value))
    }

    @Test func notANumber() async throws {
        #expect(try await echo(Double.nan, as: "float8").isNaN)
        #expect(try await echo(Double.nan, as: "numeric").isNaN)
    }

    @Test(arguments: ["", "plain", "äöü 漢字 🦊", "quote ' \" \\ and\ttab\n", String(repeating: "long ", count: 50_000)])
    func texts(_ value: String) async throws {
        #expect(try await echo(value, as: "text") == value)
        #expect(try await echo(value, as: "varchar") == value)
        #expect(try await echo(Optional(value), as: "text") == value)
    }

    @Test func textWithAZeroByteIsRefused() async throws {
        #expect(try await postgresError { _ = try await echo("a\0b", as: "text") }?.code == .encoding)
    }

    @Test(arguments: [
        "0", "1", "-1", "0.1", "-0.0001", "10000", "12345678901234567890.000100", "0.00000000000000000001", "1.50", "NaN",
        "-99999999999999999999999999999999999999999.9", "100000000", "1000000000000", "Infinity",
    ]) func numerics(_ text: String) async throws {
        #expect(try await echo(Numeric(text), as: "numeric").text == text)
    }

    @Test func uuidsAndBytes() async throws {
        let uuid = UUID()
        #expect(try await echo(uuid, as: "uuid") == uuid)
        #expect(try await echo(uuid.uuidString.lowercased(), as: "uuid") == uuid.uuidString.lowercased())
        let bytes = [UInt8](0...255) + [0, 0]
        #expect(try await echo(bytes, as: "bytea") == bytes)
        #expect(try await echo(Data(bytes), as: "bytea") == Data(bytes))
        #expect(try await echo([UInt8](), as: "bytea") == [])
        #expect(try await echo([UInt8]?.none, as: "bytea") == nil)
    }

    @Test(arguments: [
        Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 1_795_345_384.123456), Date(timeIntervalSince1970: -86_400.5),
        .distantFuture, .distantPast,
    ]) func moments(_ value: Date) async throws {
        let back = try await echo(value, as: "timestamptz")
        #expect(abs(back.timeIntervalSince(value)) < 0.000_001)
        // As text, for types we don't know.
        let text = try await withDatabase {
            try await $0.query(.once("SELECT ($1::text)::timestamptz"), [value]).value(Date.self)
        }
        #expect(abs(text.timeIntervalSince(value)) < 0.000_001)
    }

    @Test func infiniteMomentsAndDays() async throws {
        try await withDatabase { (database) async throws in
            let row = try await database.query(
                .once("SELECT 'infinity'::timestamptz, '-infinity'::timestamptz, 'infinity'::date, $1::timestamptz = 'infinity'"),
                [Date.distantFuture])[0]
            let (future, past, day, isInfinite) = try row.decode(Date.self, Date.self, CalendarDate.self, Bool.self)
            #expect(future == .distantFuture && past == .distantPast && day == .distantFuture && isInfinite)
        }
    }

    @Test(arguments: [
        (2000, 1, 1), (2026, 11, 22), (2024, 2, 29), (1999, 12, 31), (1900, 3, 1), (1, 1, 1), (-43, 3, 15), (9999, 12, 31),
    ])
    func days(_ year: Int, _ month: Int, _ day: Int) async throws {
        let value = try #require(CalendarDate(year: year, month: month, day: day))
        #expect((value.year, value.month, value.day) == (year, month, day))
        #expect(try await echo(value, as: "date") == value)
        let text = try await withDatabase { try await $0.query(.once("SELECT $1::date::text"), [value]).value(String.self) }
        #expect(text == value.description)
    }

    @Test func daysThatDoNotExist() {
        #expect(CalendarDate(year: 2026, month: 2, day: 29) == nil)
        #expect(CalendarDate(year: 2026, month: 13, day: 1) == nil)
    }

    @Test func json() async throws {
        struct Shape: Codable, Equatable { var name: String, sides: [Int] }
        let shape = Shape(name: "Dreieck \"△\"", sides: [3, 4, 5])
        let back = try await echo(try JSONB(encoding: shape), as: "jsonb")
        #expect(try back.decode(Shape.self) == shape)
        #expect(try await echo(JSONB("[1]"), as: "json").text == "[1]")
        #expect(try await echo("{}", as: "jsonb") == "{}")
        #expect(try await postgresError { _ = try await echo(JSONB("{"), as: "jsonb") }?.code == .invalidTextRepresentation)
    }

    @Test(arguments: [Duration.zero, .milliseconds(1_500), .seconds(-3), .seconds(86_400 * 400)])
    func intervals(_ value: Duration) async throws {
        #expect(try await echo(value, as: "interval") == value)
    }

    @Test func arrays() async throws {
        #expect(try await echo([1, 2, 3], as: "int8[]") == [1, 2, 3])
        #expect(try await echo([1, nil, 3], as: "int4[]") == [1, nil, 3])
        #expect(try await echo([Int](), as: "int4[]") == [])
        #expect(try await echo(["a", nil, "", "q\"\\, {}", "NULL"], as: "text[]") == ["a", nil, "", "q\"\\, {}", "NULL"])
        #expect(try await echo([true, false], as: "bool[]") == [true, false])
        #expect(try await echo([1.5, -2], as: "float8[]") == [1.5, -2])
        #expect(try await echo([Numeric("1.10"), Numeric("-2")], as: "numeric[]").map(\.text) == ["1.10", "-2"])
        #expect(try await echo([JSONB("{}"), nil, JSONB("\"x\"")], as: "jsonb[]") == [JSONB("{}"), nil, JSONB("\"x\"")])
        let uuids = [UUID(), UUID()]
        #expect(try await echo(uuids, as: "uuid[]") == uuids)
        #expect(try await echo([[1, 2], [3]] as [[UInt8]], as: "bytea[]") == [[1, 2], [3]])
        #expect(try await echo([CalendarDate(year: 2026, month: 1, day: 2)!], as: "date[]").first?.description == "2026-01-02")
        #expect(try await echo([Int]?.none, as: "int4[]") == nil)
    }

    @Test func enumerationsAreText() async throws {
        enum Mood: String, PostgresEncodable, PostgresDecodable { case sad, glad }
        try await withDatabase { (database) async throws in
            try await database.withConnection { (connection) async throws in
                try await connection.run(
                    script: "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE person (mood mood, all_moods mood[])")
                let insert = Statement.once("INSERT INTO person VALUES ($1, $2) RETURNING mood, mood = ANY (all_moods)")
                let row = try await connection.query(insert, [Mood.glad, [Mood.sad, .glad]])[0]
                let (mood, isAmong) = try row.decode(Mood.self, Bool.self)
                #expect(mood == .glad && isAmong)
                #expect(try row["mood"].decode(String.self) == "glad")
            }
        }
    }

    @Test func sumsOfIntegersReadAsIntegers() async throws {
        try await withDatabase { (database) async throws in
            let row = try await database.query(.once("SELECT sum(i), avg(i), count(*) AS many FROM generate_series(1, 4) AS i"))[
                0]
            #expect(try row.decode(Int.self, Double.self, Int.self) == (10, 2.5, 4))
            #expect(try row.decode("many", as: Int32.self) == 4)
            #expect(try await postgresError { _ = try row.decode("none", as: Int.self) }?.code == .decoding)
        }
    }

    @Test func nullIsAnErrorUnlessAskedFor() async throws {
        try await withDatabase { (database) async throws in
            let row = try await database.query(.once("SELECT NULL::text AS secret_column, 'x'"))[0]
            #expect(row[0].isNull)
            let (null, text) = try row.decode(String?.self, String?.self)
            #expect(null == nil && text == "x")
            let error = try await postgresError { _ = try row.decode(String.self) }
            #expect(error?.code == .decoding)
            #expect(error?.description.contains("secret_column") == true)
        }
    }
}
