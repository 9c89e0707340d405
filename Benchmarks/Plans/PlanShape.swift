/// What a plan reads and by which way, without costs, times and values: two plans of one shape ask the same of the tables.
///
/// Each read once and in alphabetical order; partitions of one table as one. A scan of an index goes by the columns that narrow it down,
/// whichever index has them; one that nothing narrows down reads its index from end to end, or until somebody stops it, and goes by that.
public struct PlanShape: Sendable, Hashable, CustomStringConvertible {
    public let reads: [Read]

    /// One way into a table.
    public struct Read: Sendable, Hashable, Comparable, CustomStringConvertible {
        /// The table, or the partitioned table of what stands in the plan.
        public let table: String
        public let description: String

        init(table: String, way: String) {
            self.table = table
            description = "\(table) \(way)"
        }

        public static func < (a: Read, b: Read) -> Bool { a.description < b.description }
    }

    public var description: String { reads.map(\.description).joined(separator: ", ") }

    public init(_ reads: some Sequence<Read>) { self.reads = Set(reads).sorted() }

    /// - Parameter text: a plan as `EXPLAIN` and auto_explain write it for people.
    public init(text: String) {
        var scans: [Scan] = []
        var bitmaps: [(indent: Int, table: Substring)] = []
        for line in text.split(separator: "\n") {
            if let scan = line.firstMatch(of: /^( *).*Index (?:Only )?Scan (?:Backward )?using (\S+) on (\S+)/) {
                scans.append(Scan(table: scan.3, index: scan.2))
            } else if let heap = line.firstMatch(of: /^( *).*Bitmap Heap Scan on (\S+)/) {
                bitmaps.append((heap.1.count, heap.2))
            } else if let scan = line.firstMatch(of: /^( *).*Bitmap Index Scan on (\S+)/) {
                let heap = bitmaps.last { $0.indent < scan.1.count }
                scans.append(Scan(table: heap?.table ?? scan.2, index: scan.2))
            } else if let scan = line.firstMatch(of: /(?:Seq|Sample|Tid|Tid Range) Scan on (\S+)/) {
                scans.append(Scan(table: scan.1))
            } else if let condition = line.firstMatch(of: /^ +Index Cond: (.+)$/), !scans.isEmpty {
                scans[scans.count - 1].narrow(condition.1)
            }
        }
        self.init(scans.map(\.read))
    }

    /// Only the reads of some tables.
    public func of(_ tables: Set<String>) -> PlanShape { PlanShape(reads.filter { tables.contains($0.table) }) }

    private struct Scan {
        let table: Substring
        var index: Substring?
        var columns: Set<String> = []

        init(table: Substring, index: Substring? = nil) { (self.table, self.index) = (table, index) }

        /// The index's columns in `((tenant_id = t.tenant_id) AND (call_day >= …))` and `(ROW(started_at, call_id) < ROW(…))`.
        mutating func narrow(_ condition: Substring) {
            for column in condition.matches(of: /\(([a-z_][a-z0-9_]*) (?:[=<>]|IS )/) { columns.insert(String(column.1)) }
            if let row = condition.firstMatch(of: /\(ROW\(([a-z0-9_, ]+)\) [<>=]/) {
                columns.formUnion(row.1.split(separator: ", ").map(String.init))
            }
        }

        var read: Read {
            let table = PlanShape.root(table)
            guard let index else { return Read(table: table, way: "from end to end") }
            guard columns.isEmpty else { return Read(table: table, way: "on \(columns.sorted().joined(separator: ", "))") }
            return Read(table: table, way: "by \(index.replacing(PlanShape.date, with: "_…_")), unbounded")
        }
    }

    private static var date: Regex<Substring> { /_[0-9]{4}_?[0-9]{2}(?:_?[0-9]{2})?_?/ }

    /// A partition goes by its table's name: `job_done_20261129` and `job_done_default` are `job_done`.
    static func root(_ table: Substring) -> String {
        String(table.replacing(date, with: "").replacing(/_default$/, with: ""))
    }
}
