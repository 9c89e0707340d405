import Foundation
import Testing

@testable import Reports

@Suite struct ReportFileTests {
    private static let text = """
        -- What waits?
        -- psql -v since='30 days' -f sql/reports/waits.sql looks further back than 36 hours.
        \\if :{?since}
        \\else
        \\set since '36 hours'
        \\endif
        SELECT queue
        FROM report.queue_history
        WHERE minute >= now() - :'since'::interval;

        """

    @Test func `a file says what it answers, how far it looks back, and holds one statement`() throws {
        let report = try #require(Report(fileName: "waits.sql", text: Self.text))
        #expect(report.name == "waits")
        #expect(report.answers == "What waits?")
        #expect(report.defaultSince?.duration == .seconds(36 * 3600))
        #expect(report.sql == "SELECT queue\nFROM report.queue_history\nWHERE minute >= now() - $1::interval")
    }

    @Test func `a file without a since has no parameter`() throws {
        let report = try #require(Report(fileName: "now.sql", text: "-- What is so?\nSELECT 1;\n"))
        #expect(report.defaultSince == nil)
        #expect(report.sql == "SELECT 1")
    }

    private static let others: [(String, String)] = [
        ("waits.txt", text), (".sql", text), ("silent.sql", "SELECT 1;\n"), ("two.sql", "-- Two?\nSELECT 1;\nSELECT 2;\n"),
        ("open.sql", "-- Open?\nSELECT 1\n"), ("unset.sql", "-- Unset?\nSELECT :'since';\n"),
        ("unused.sql", "-- Unused?\n\\set since '1 day'\nSELECT 1;\n"),
        ("odd.sql", "-- Odd?\n\\set since 'a while'\nSELECT :'since';\n"),
    ]

    @Test(arguments: others)
    func `refuses a file of another form`(name: String, text: String) {
        #expect(Report(fileName: name, text: text) == nil)
    }

    /// A build that did not notice a new or changed file would ship an old report.
    @Test func `the program carries exactly the files of sql-reports`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../sql/reports").standardizedFileURL
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }.sorted()
        #expect(EmbeddedReports.files.map(\.name) == names, "touch Package.swift and build again")
        for file in EmbeddedReports.files {
            let text = try String(contentsOf: folder.appending(path: file.name), encoding: .utf8)
            #expect(file.text == text, "\(file.name) is not what was built in: touch Package.swift and build again")
        }
        #expect(Report.all.map { "\($0.name).sql" } == names)
    }
}
