import Foundation
import Plans

/// The statements of one page, the longest first.
struct PageStatements: Sendable {
    struct Item: Sendable {
        var name: String
        /// All its steps together, as often as the page asked it.
        var milliseconds = 0.0
        var plan = ""

        /// What the server spent on making machine code of it; nil: it did not.
        var compiling: Double? {
            plan.firstMatch(of: /JIT:[\s\S]* Total ([0-9.]+) ms/).flatMap { Double($0.1) }
        }
    }

    let items: [Item]

    init(_ entries: [ServerLog.Entry]) {
        var items: [String: Item] = [:]
        for case .step(let name, let sql, let milliseconds) in entries {
            items[sql, default: Item(name: Self.shown(name, sql))].milliseconds += milliseconds
        }
        for case .plan(let text) in entries {
            guard let sql = items.keys.filter({ text.hasPrefix($0) }).max(by: { $0.count < $1.count }) else { continue }
            items[sql]?.plan = String(text.dropFirst(sql.count).drop { $0.isNewline })
        }
        self.items = items.values.sorted { $0.milliseconds > $1.milliseconds }
    }

    var milliseconds: Double { items.map(\.milliseconds).reduce(0, +) }

    /// How long all of them take, and the longest ones, each in a line. What the page takes beyond that is the console's own.
    var summary: String {
        let lines = items.prefix(3).map { item in
            String(format: "    %8.1f ms  %@: ", item.milliseconds, item.name) + PlanShape(text: item.plan).description
                + (item.compiling.map { String(format: "; %.0f ms of it JIT", $0) } ?? "")
        }
        return ([String(format: "    %8.1f ms  in %d statements", milliseconds, items.count)] + lines).joined(separator: "\n")
    }

    /// Writes a file with the plans of all of them.
    func write(to folder: URL, page: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let text = items.map { String(format: "%.1f ms  %@\n%@\n", $0.milliseconds, $0.name, $0.plan) }.joined(separator: "\n")
        let name = page.replacing(/[^A-Za-z0-9.-]+/, with: "_").prefix(120)
        try Data("\(page)\n\n\(text)".utf8).write(to: folder.appending(path: "page\(name).txt"))
    }

    /// A statement without a name of its own by its first words.
    private static func shown(_ name: String, _ sql: String) -> String {
        guard name == "<unnamed>" else { return name }
        return "\(sql.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(60))…"
    }
}
