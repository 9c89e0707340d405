public import Foundation
public import Postgres
import Reports

/// The folder `docs/plans`: how the statements of reports and pages read a hub of full size, and how large that is.
///
/// What is compared is which of the tables that grow a statement reads, and what narrows that down. Others are read from end to end or by
/// their key as the planner likes, and how rows are joined follows the server's version; the plans beside are for people.
public struct RecordedPlans: Sendable {
    private let folder: URL
    /// Rows of each table.
    public let rows: [String: Int64]

    /// Tables that grow with the traffic or with time. Partitioned ones go by their own name.
    public static let growing: Set = [
        "call", "call_hour", "call_tally", "call_unmatched", "callback", "dataverse_minute", "directory_entry",
        "directory_number",
        "job_dead", "job_depth_minute", "job_done", "job_error_hour", "job_hour", "job_later", "job_ready", "job_stat",
        "job_wait",
        "operator_action", "route_decision", "route_hour", "timeline", "webhook_event", "webhook_hour",
    ]

    /// - Throws: when there is no such folder, or it does not say how large the tables were.
    public init(folder: URL) throws {
        self.folder = folder
        let lines = try String(contentsOf: folder.appending(path: "rows.txt"), encoding: .utf8).split(separator: "\n")
        rows = Dictionary(
            uniqueKeysWithValues: lines.compactMap { line in
                let words = line.split(separator: " ")
                return words.count == 2 ? Int64(words[1]).map { (String(words[0]), $0) } : nil
            })
    }

    /// Begins a record of the hub in the database.
    public static func begin(in folder: URL, of database: Database) async throws -> RecordedPlans {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lines = try await database.query(sizes).map { row in
            let (table, count) = try row.decode(String.self, Int64.self)
            return "\(table) \(count)\n"
        }
        try Data(lines.joined().utf8).write(to: folder.appending(path: "rows.txt"))
        return try RecordedPlans(folder: folder)
    }

    /// What of a plan is compared.
    public func compared(_ shape: PlanShape) -> PlanShape { shape.of(Self.growing) }

    public func record(_ plan: ReportPlan) throws {
        let plans = plan.plans.enumerated().map { place, text in
            (place == plan.plans.count - 1 ? "The plan:" : "Inside a function:") + "\n\n\(text)\n"
        }
        let text = "\(plan.report.answers)\n\nReads:\n\(lines(compared(plan.shape)))\n" + plans.joined(separator: "\n")
        try Data(text.utf8).write(to: file(plan.report.name))
    }

    /// Writes down what the statements of the console's pages read: each once, with all that it reads on any page.
    ///
    /// - Parameter statements: by their names, the shape that each had wherever it was asked.
    public func record(statements: [String: [PlanShape]]) throws {
        let sections = statements.sorted { $0.key < $1.key }.compactMap { name, shapes -> String? in
            let shape = compared(PlanShape(shapes.flatMap(\.reads)))
            return shape.reads.isEmpty ? nil : "\(name)\n\(lines(shape))"
        }
        let text =
            "What the statements of the console's pages read of the tables that grow. Beside an index, \"from end to end\" is of empty partitions.\n\n"
            + sections.joined(separator: "\n")
        try Data(text.utf8).write(to: file("console-pages"))
    }

    /// What a report reads by the record.
    public func reads(of name: String) throws -> [String] {
        let text = try String(contentsOf: file(name), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { $0 != "Reads:" }.dropFirst().prefix { !$0.isEmpty }
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0 != Self.nothing }
    }

    private static let nothing = "no table that grows"

    private func lines(_ shape: PlanShape) -> String {
        (shape.reads.isEmpty ? [Self.nothing] : shape.reads.map(\.description)).map { "    \($0)\n" }.joined()
    }

    private func file(_ name: String) -> URL { folder.appending(path: "\(name).txt") }

    /// Has the planner take the database's tables for as large as they were in the record, so that it chooses as it did there.
    ///
    /// It reckons with the rows per page that statistics tell and the pages that there are. Shares and ranges it takes from statistics
    /// as they are: generated data has them alike at any size.
    public func pretend(on database: Database) async throws {
        try await database.execute(Self.resize, [Array(rows.keys), Array(rows.values)])
    }

    private static let sizes = Statement(
        "",
        """
        SELECT root.relname::text, sum(c.reltuples)::bigint
        FROM pg_class c
        JOIN pg_class root ON root.oid = coalesce(pg_partition_root(c.oid)::oid, c.oid)
        WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind = 'r' AND c.reltuples > 0
        GROUP BY 1 ORDER BY 1
        """)

    private static let resize = Statement(
        "",
        """
        WITH part AS (
            SELECT c.oid, c.reltuples, sum(c.reltuples) OVER (PARTITION BY root.oid) AS whole, r.count
            FROM pg_class c
            JOIN pg_class root ON root.oid = coalesce(pg_partition_root(c.oid)::oid, c.oid)
            JOIN unnest($1::text[], $2::bigint[]) AS r (name, count) ON r.name = root.relname
            WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind = 'r' AND c.reltuples > 0
        ), sized AS (
            SELECT oid, count / whole AS times FROM part
            UNION ALL
            SELECT i.indexrelid, count / whole FROM part JOIN pg_index i ON i.indrelid = part.oid
        )
        UPDATE pg_class c SET reltuples = c.reltuples * sized.times FROM sized WHERE c.oid = sized.oid AND c.reltuples > 0
        """)
}
