import Foundation
import Testing

@testable import Operations
@testable import TrunklineCommand

@Suite struct OutputTests {
    @Test func `a table aligns its columns, numbers to the right`() {
        var table = Table("name", "jobs", "oldest_at")
        table.append(.text("call.write"), .integer(7), .none)
        table.append(.text("x"), .integer(1200), .time(Date(timeIntervalSince1970: 0)))
        #expect(
            table.text(none: "")
                == """
                NAME        JOBS  OLDEST AT
                call.write     7
                x           1200  1970-01-01 00:00:00 UTC
                """)
    }

    @Test func `an empty table says so in words, and as an empty array in JSON`() {
        let table = Table("name")
        #expect(table.text(none: "nothing there") == "nothing there")
        #expect(JSONOutput.write(table.json) == "[]")
    }

    @Test func `a cell keeps to its line`() {
        var table = Table("text")
        table.append(.text("two\nlines"))
        #expect(table.text(none: "") == "TEXT\ntwo lines")
    }

    @Test(arguments: [
        (OutputValue.none, "null"),
        (.text("say \"hi\"\\\n\u{1}"), #""say \"hi\"\\\n\u0001""#),
        (.text("é 📞"), "\"é 📞\""),
        (.integer(-3), "-3"),
        (.number(.nan), "null"),
        (.flag(true), "true"),
        (.json(#"{"a":1}"#), #"{"a":1}"#),
        (.time(Date(timeIntervalSince1970: 1.5)), "\"1970-01-01T00:00:01.500Z\""),
        (.list([.integer(1), .text("b")]), #"[1,"b"]"#),
        (.object(["z": .integer(1), "a": .none]), #"{"z":1,"a":null}"#),
    ])
    func `JSON keeps order and escapes what has to be`(value: OutputValue, json: String) {
        #expect(JSONOutput.write(value) == json)
    }

    @Test(arguments: [
        (0.4, "0 s"), (59.0, "59 s"), (60.0, "1 min"), (200.0, "3 min 20 s"), (3600.0, "1 h 00 min"), (7500.0, "2 h 05 min"),
        (90_000.0, "1 d 01 h"),
    ])
    func `spans have two units at most`(seconds: Double, text: String) {
        #expect(PlainTime.span(seconds) == text)
    }
}
