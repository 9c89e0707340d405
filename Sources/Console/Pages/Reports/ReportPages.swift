import Foundation
import Operations
import Postgres
import Reports

/// The reports that the program carries: a list, one as a table, one as a file.
enum ReportPages {
    struct ListModel: Sendable {
        let table: DataTable
    }

    struct Model: Sendable {
        let answers: String
        let name: String
        let since: String
        let hasSince: Bool
        let csv: String
        let table: DataTable
        let hint: String
    }

    /// Most rows of a page; the file has all.
    private static let most = 500

    static func list(_ request: ConsoleRequest) async throws -> Page {
        Page(
            "Reports", in: .reports, template: "reports/list",
            model: ListModel(
                table: DataTable(
                    "Ready reports; `trunkline report` and psql have the same", ["Report", "Answers", "Looks back"],
                    Report.all.map { report in
                        [
                            .head(report.name, "/reports/\(report.name)"), .wide(report.answers),
                            .text(report.defaultSince?.description ?? "shows what is so now"),
                        ]
                    }, empty: "There are no reports.")))
    }

    static func run(_ request: ConsoleRequest) async throws -> Page {
        let report = try report(request)
        let (columns, rows) = try await read(report, request)
        let since = request.query["since"]
        return Page(
            report.name, in: .reports, template: "reports/page", trail: [Link("Reports", "/reports")],
            model: Model(
                answers: report.answers, name: report.name, since: since ?? report.defaultSince?.description ?? "",
                hasSince: report.defaultSince != nil, csv: Query().setting("since", since).link("/reports/\(report.name)/csv"),
                table: DataTable(
                    report.answers,
                    zip(columns.indices, columns).map { index, name in
                        (rows.first?[index].isNumber == true ? "#" : "") + name.replacing("_", with: " ")
                    },
                    rows.prefix(most).map { $0.map(cell) }, empty: "Nothing to report."),
                hint: rows.count > most ? "The first \(most) of \(Count.grouped(rows.count)) rows; the file has all." : ""))
    }

    static func download(_ request: ConsoleRequest) async throws -> Page {
        let report = try report(request)
        let (columns, rows) = try await read(report, request)
        throw Download(name: "\(report.name).csv", type: "text/csv; charset=utf-8", text: CSVText.write(columns, rows) + "\r\n")
    }

    private static func report(_ request: ConsoleRequest) throws -> Report { try request.parameter("name") { Report.named($0) } }

    private static func read(_ report: Report, _ request: ConsoleRequest) async throws -> (
        columns: [String], rows: [[OutputValue]]
    ) {
        guard let version = try await ReportContract.version(of: request.database), version >= ReportContract.needed else {
            throw OperatorError.failed("The database's reports are older than this program: run `trunkline migrate`.")
        }
        let rows = try await report.run(since: try since(report, request.query), on: request.database)
        let columns = rows.columns
        return (columns, try rows.map { row in try columns.indices.map { try OutputValue(row[$0]) } })
    }

    private static func since(_ report: Report, _ query: Query) throws -> Since? {
        guard report.defaultSince != nil, let text = query["since"] else { return nil }
        guard let span = Span(text) else { throw ConsoleError.badRequest("Say a length of time, such as 14 days or 36h.") }
        return .span(span)
    }

    private static func cell(_ value: OutputValue) -> DataTable.Cell {
        value.isNumber ? .number(value.plain) : .wide(value.plain)
    }
}
