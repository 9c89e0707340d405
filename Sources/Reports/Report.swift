/// A ready query over schema `report`: a file of `sql/reports`, as the program carries it.
public struct Report: Sendable, Hashable {
    /// The file's name without `.sql`.
    public let name: String
    /// What it answers, in a sentence: the file's first line.
    public let answers: String
    /// How far back it looks when nobody says how far. Nil: it shows what is so now, and looks at no time.
    public let defaultSince: Span?
    /// The statement for the server; `$1` is how far back to look, an interval, where there is a ``defaultSince``.
    public let sql: String

    /// Every report, by name.
    ///
    /// A file of another form is a mistake of the build and stops the program.
    public static let all: [Report] = EmbeddedReports.files.map { file in
        guard let report = Report(fileName: file.name, text: file.text) else {
            preconditionFailure("sql/reports/\(file.name) is not a report")
        }
        return report
    }

    /// The report of this name; nil when there is none.
    public static func named(_ name: String) -> Report? { all.first { $0.name == name } }
}
