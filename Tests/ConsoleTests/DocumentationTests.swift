import Foundation
import Testing

@testable import Console
@testable import Runtime

@Suite struct DocumentationTests {
    private func page(_ path: String) throws -> (url: URL, text: String) {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../\(path)").standardized
        return (url, try String(contentsOf: url, encoding: .utf8))
    }

    @Test func `the table of the console's keys is the program's own (UPDATE_DOCS=1 writes it)`() throws {
        let (url, text) = try page("docs/configuration.md")
        let begin = try #require(
            text.firstRange(of: "<!-- console keys: begin (a test compares this table with the program) -->\n"))
        let end = try #require(text.firstRange(of: "<!-- console keys: end -->"))
        let expected = ConfigurationSchema(ConsoleKeys.all).table()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: expected).write(
                to: url, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[begin.upperBound..<end.lowerBound] == expected)
    }

    @Test func `every page and every action is in the list of the console's page`() throws {
        let text = try page("docs/console.md").text
        for route in ConsoleFeatures.pages { #expect(text.contains("`\(route.path)`"), "\(route.path)") }
        for action in ConsoleFeatures.actions { #expect(text.contains("`\(action.name)`"), "\(action.name)") }
    }

    @Test func `the state diagram is that of the jobs' page`() throws {
        let text = try page("docs/jobs.md").text
        let tables = [
            "waiting": "job_wait", "ready": "job_ready", "running": "job_lease", "later": "job_later", "dead": "job_dead",
            "done": "job_done",
        ]
        for way in StateDiagram.connections {
            let (from, to) = try (#require(tables[way.from]), #require(tables[way.to]))
            #expect(text.contains("\(from) --> \(to) :"), "\(way.from) to \(way.to)")
        }
    }
}
