import Foundation
import NIOHTTP1
import Operations
import Reports
import TestSupport
import Testing

@testable import Console

@Suite(.databaseEach) struct ReportPagesTests {
    @Test func `every report runs with the console's rights, as a page and as a file`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.viewer)
            let list = try await browser.get("/reports")
            for report in Report.all {
                #expect(list.contains("/reports/\(report.name)\""))
                #expect(try await browser.get("/reports/\(report.name)").status == 200, "\(report.name)")
            }
            let file = try await browser.get("/reports/tables/csv")
            #expect(file.header("content-type") == "text/csv; charset=utf-8")
            #expect(file.header("content-disposition") == "attachment; filename=\"tables.csv\"")
            #expect(file.text.hasPrefix("table_name,"))
            #expect(try await browser.get("/reports/balance?since=30+days").status == 200)
            #expect(try await browser.get("/reports/balance?since=soon").status == 400)
            #expect(try await browser.get("/reports/none-such").status == 404)
        }
    }
}
