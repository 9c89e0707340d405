import ArgumentParser
import Operations
import Postgres
import Reports

/// `trunkline report`: the ready queries of `sql/reports`, for those who have no psql at hand.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Run a ready report; without a name, list them.",
        discussion: """
            Needs no more than the rights of trunkline_report, and works on a hot standby. The same queries stand in sql/reports \
            for psql. Times are UTC.
            """)

    @Argument(help: "Which report.") var name: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where it begins: so long ago, as 14 days or 36h, or a day or moment, as 2026-01-31 or 2026-01-31T08:00:00Z. Default: as listed.",
            valueName: "time"))
    var since: ReportSince?
    @Option(name: .long, help: "How to print: a table for people, CSV (RFC 4180) or JSON for programs.")
    var format: ReportFormat = .table
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if name == nil, since != nil { throw ValidationError("--since goes with a report's name") }
    }

    func run() async throws {
        guard let name else {
            Terminal.print(format.text(ReportListing.table(Report.all), none: "there are no reports"))
            return
        }
        // What is asked wrongly is told before anybody is asked.
        let report = try Self.report(named: name)
        if since != nil, report.defaultSince == nil {
            throw OperatorError.usage("the report \(name) shows what is so now: it has no --since")
        }
        let session = try connection.open()
        do {
            try await run(report, in: session)
        } catch {
            await session.database.close()
            throw error
        }
        await session.database.close()
    }

    private func run(_ report: Report, in session: Session) async throws {
        let version = try await ReportContract.version(of: session.database)
        guard let version, version >= ReportContract.needed else {
            throw OperatorError.failed("the database's reports are older than this program: run `trunkline migrate`")
        }
        let rows = try await report.run(since: since?.since, on: session.database)
        Terminal.print(format.text(try ReportListing.table(rows), none: "nothing to report"))
    }

    private static func report(named name: String) throws -> Report {
        guard let report = Report.named(name) else {
            let names = Report.all.map(\.name).joined(separator: ", ")
            throw OperatorError.usage("there is no report \(name); there are \(names)")
        }
        return report
    }
}
