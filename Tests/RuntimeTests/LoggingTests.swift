import Foundation
import Logging
import Synchronization
import Testing
import Tracing
import Traces

@testable import Runtime

@Suite("Log lines")
struct LoggingTests {
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        var write: @Sendable (String) -> Void { { line in self.lines.withLock { $0.append(line) } } }
    }

    @Test("A JSON line is one object with time, level, logger, message and the metadata")
    func json() throws {
        let lines = Lines()
        var logger = Logger(label: "pr\"og") { JSONLogHandler(label: $0, level: .info, write: lines.write) }
        logger[metadataKey: "instance"] = "i-1"
        logger.info(
            "a \"quoted\"\n\tline \u{01} 😀",
            metadata: ["n": .stringConvertible(5), "list": ["a", ["k": "v"]], "message": "clash", "instance": "i-2"])
        logger.debug("not shown")
        #expect(lines.all.count == 1)
        let line = try #require(lines.all.first)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["level"] as? String == "info")
        #expect(object["logger"] as? String == "pr\"og")
        #expect(object["message"] as? String == "a \"quoted\"\n\tline \u{01} 😀")
        #expect(object["message_"] as? String == "clash")
        #expect(object["instance"] as? String == "i-2")
        #expect(object["n"] as? String == "5")
        #expect((object["list"] as? [Any])?.first as? String == "a")
        #expect((object["time"] as? String)?.count == 24)
        #expect(!line.contains("\n"))
    }

    @Test("A line carries whose work it tells of, the call and the trace, as far as the task knows them")
    func context() async throws {
        let lines = Lines()
        let logger = Logger(label: "x") { label in
            var handler = JSONLogHandler(label: label, write: lines.write)
            handler.metadataProvider = .ofContext
            return handler
        }
        let trace = TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        await ServiceContext.withLogFields(["tenant": "north", "call": "c-1"]) {
            ServiceContext.withValue(.current(with: trace)) { logger.info("one") }
        }
        logger.info("two")
        let line = try #require(lines.all.first)
        let first = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
        #expect(first["tenant"] == "north" && first["call"] == "c-1" && first["span_id"] == "00f067aa0ba902b7")
        #expect(first["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(lines.all.last?.contains("tenant") == false && lines.all.last?.contains("trace_id") == false)
    }

    @Test(
        "A number that a vendor's words bring along is masked before the line is written",
        arguments: [
            ("no answer for +358501234567, twice", "no answer for +358…67, twice"),
            ("+358501234567+358509999999", "+358…67+358…99"),
            ("at 12:30+0200", "at 12:30+0200"), ("1 + 12345678", "1 + 12345678"), ("+1234567", "+1234567"),
            ("ä+12345678ö", "ä+123…78ö"),
        ])
    func masking(text: String, shown: String) {
        #expect(MaskedNumber.masking(text) == shown)
        let lines = Lines()
        Logger(label: "x") { JSONLogHandler(label: $0, write: lines.write) }.info("m", metadata: ["reason": "\(text)"])
        Logger(label: "x") { _ in TextLogHandler(write: lines.write) }.info("\(text)")
        #expect(lines.all.count == 2 && lines.all.allSatisfy { $0.contains(shown) })
    }

    /// As received, as our lines show it, as it is stored.
    private static let words = [
        ("to 00358501234567.", "to 0035…67.", "to 0035…67."),
        ("phonenumber '050 123 4567'", "phonenumber '05…67'", "phonenumber '05…67'"),
        ("(09) 310 0500 and (415) 555-0100", "(09…00 and (41…00", "(09…00 and (41…00"),
        ("+44 (0)20 7946 0000; 0501234567", "+44 …00; 05…67", "+44 …00; 05…67"), ("040.123.4567", "04…67", "04…67"),
        ("number 401234567 is", "number 40…67 is", "number 40…67 is"), ("tel0401234567", "tel04…67", "tel04…67"),
        ("number 21234567 is", "number 21234567 is", "number 21…67 is"), ("phone=401234567", "phone=401234567", "phone=40…67"),
        (
            #"{"job":"104857600","n":104857600}"#, #"{"job":"104857600","n":104857600}"#, #"{"job":"10…00","n":10…00}"#
        ), ("0501234567 09:30", "05…67 09:30", "05…67 09:30"),
        // A fraction in our lines; somebody's number in a vendor's words.
        ("1.2025550123", "1.20…23", "1.20…23"), ("12.345678 s", "12.345678 s", "12.345678 s"), ("050.123.4567", "05…67", "05…67"),
        ("050.1234567", "05…67", "05…67"), ("+31.201234567", "+31.…67", "+31.…67"),
    ]

    private static let noNumbers = [
        "0x80040265 AADSTS7000222 0x00000000 (HTTP 401, 0x8004A110)",
        "Id = 11111111-2222-4333-8444-555555555555, 4bf92f3577b34da6a3ce929d0e0e4736",
        "2026-03-04T09:30:00.1234567Z 2026-03-04 09:30:00 04.03.2026 9:30 +0200",
        "150 of 2500 rows, 10.0.112.255:5432, 9.2.26031",
        "0.004123456 seconds, 0.9171234567",
    ]

    @Test("Numbers are masked however they are written", arguments: words)
    func masked(text: String, line: String, stored: String) {
        #expect(MaskedNumber.masking(text) == line)
        #expect(MaskedNumber.masking(text, sparesCounts: false) == stored)
    }

    @Test("Ids, codes, times and counts are no numbers", arguments: noNumbers)
    func spared(text: String) {
        #expect(MaskedNumber.masking(text) == text)
        #expect(MaskedNumber.masking(text, sparesCounts: false) == text)
    }

    @Test("Times are UTC with milliseconds")
    func time() { #expect(LogLine.timestamp(Date(timeIntervalSince1970: 951_782_400.005_5)) == "2000-02-29T00:00:00.005Z") }

    @Test("A text line is for people")
    func text() throws {
        let lines = Lines()
        var logger = Logger(label: "x") { _ in TextLogHandler(write: lines.write) }
        logger[metadataKey: "instance"] = "hidden"
        logger.warning("Hello", metadata: ["b": "2", "a": "1"])
        #expect(try #require(lines.all.first).hasSuffix(" warning  Hello  a=1  b=2"))
    }

    @Test(
        "Numbers are masked",
        arguments: [
            ("+358501234567", "+358…67"), ("0501234567", "0501…67"), ("12345", "…"), ("anonymous", "…"), ("+", "…"), (nil, "-"),
            (String(repeating: "1", count: 40), "…"),
        ])
    func masked(number: String?, shown: String) { #expect("\(MaskedNumber(number))" == shown) }
}
