import Foundation
import Logging
import Synchronization
import Testing

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
