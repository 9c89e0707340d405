import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import TrunklineCommand

@Suite(.database) struct CSVOutputTests {
    @Test(arguments: [
        (OutputValue.none, ""), (.text(""), "\"\""), (.text("plain é"), "plain é"), (.text("a,b"), "\"a,b\""),
        (.text("say \"hi\""), "\"say \"\"hi\"\"\""), (.text("two\nlines"), "\"two\nlines\""), (.text("return\r"), "\"return\r\""),
        (.text(" blank"), "\" blank\""), (.whole(-7), "-7"), (.number(0.5), "0.5"), (.flag(true), "true"),
        (.time(Date(timeIntervalSince1970: 1.5)), "1970-01-01T00:00:01.500Z"),
        (.json("{\"a\": \"x,y\"}"), "\"{\"\"a\"\": \"\"x,y\"\"}\""),
        (.list([.whole(1), .whole(2)]), "\"[1,2]\""), (.json("{}"), "{}"),
    ])
    func `quotes what has to be`(value: OutputValue, field: String) {
        #expect(CSVOutput.field(value) == field)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        ("\r=1", "\"'\r=1\""), ("=A1,\"x\"", "\"'=A1,\"\"x\"\"\""), ("+", "'+"), ("-1.5", "'-1.5"), ("+٣", "'+٣"),
        ("+358501234567", "+358501234567"), ("-5", "-5"), ("1=1", "1=1"), ("a@b.example", "a@b.example"),
    ])
    func `a text that a spreadsheet would reckon with stays a text`(text: String, field: String) {
        #expect(CSVOutput.field(.text(text)) == field)
    }

    @Test func `a table has a line of names and ends its lines with CR and LF`() {
        let table = Table(["name", "odd, name"], rows: [[.text("a"), .whole(1)], [.none, .none]])
        #expect(CSVOutput.write(table) == "name,\"odd, name\"\r\na,1\r\n,")
    }

    @Test func `values of every kind come from the server as they are`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let rows = try await database.query(
            Statement(
                "",
                """
                SELECT true AS a, 7::smallint AS b, 2.50::numeric AS c, 0.1::real AS d, 'infinity'::double precision AS e, 'NaN'::numeric AS f,
                    '2026-01-31'::date AS g, '2026-01-31 08:00:00+01'::timestamptz AS h, 'infinity'::timestamptz AS i,
                    '{"x": 1}'::jsonb AS j, 'a0000000-0000-4000-8000-00000000000a'::uuid AS k, NULL::text AS l, 'n'::name AS m
                """))
        let table = try ReportListing.table(rows)
        #expect(table.columns == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"])
        #expect(
            table.rows == [
                [
                    .flag(true), .whole(7), .number(2.5), .number(Double(Float(0.1))), .text("infinity"), .text("NaN"),
                    .text("2026-01-31"),
                    .time(Date(timeIntervalSince1970: 1_769_842_800)), .text("infinity"), .json("{\"x\": 1}"),
                    .text("a0000000-0000-4000-8000-00000000000a"), .none, .text("n"),
                ]
            ])
        let odd = try await database.query(Statement("", "SELECT interval '1 day'"))
        #expect(throws: PostgresError.self) { try ReportListing.table(odd) }
        await database.close()
    }
}
