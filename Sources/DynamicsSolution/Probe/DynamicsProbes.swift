import Foundation
import Model

/// What the environment answered to the questions that only it can answer; programs ask this, not Dynamics.
package struct DynamicsProbes: Sendable, Hashable {
    /// Answers by question, as they are stored: `set.queue` → `queues`.
    package var answers: [String: String]

    package init(_ answers: [String: String] = [:]) { self.answers = answers }

    /// Entity set of a table; nil: not known, or there is no such table.
    package func entitySet(_ table: String) -> String? { answers["set.\(table)"] }

    /// The property that binds a lookup; the column's own name where it was not asked.
    package func navigation(_ table: String, _ column: String) -> String { answers["navigation.\(table).\(column)"] ?? column }

    /// Why an alternate key is not there: Dynamics' code. Nil: it was not refused.
    package func refusedKey(_ table: String, _ column: String) -> String? {
        guard let answer = answers["key.\(table).\(column)"], answer.hasPrefix("refused ") else { return nil }
        return String(answer.dropFirst("refused ".count))
    }

    /// Whether a table's changes can be followed. Nil: not asked.
    package func tracksChanges(_ table: String) -> Bool? { answers["change_tracking.\(table)"].map { $0 == "true" } }

    /// Whether the environment has a table. Nil: not asked.
    package func has(_ table: String) -> Bool? { answers["language"] == nil ? nil : answers["set.\(table)"] != nil }
}

extension DynamicsProbes {
    /// The answers that a reading of the environment gives.
    ///
    /// - Parameters:
    ///   - bulk: tables by message.
    ///   - refusedKeys: codes by `table.key name`.
    package init(
        _ definition: SolutionDefinition, _ state: EnvironmentState, bulk: [String: Set<String>], refusedKeys: [String: String]
    ) {
        var answers: [String: String] = ["language": String(state.language)]
        for (name, table) in state.tables {
            answers["set.\(name)"] = table.setName
            if let tracks = table.tracksChanges { answers["change_tracking.\(name)"] = String(tracks) }
        }
        // By the definition's names, not by the prefix: a lookup may be a customer's own.
        for case .lookup(let wanted) in definition.parts {
            answers["navigation.\(wanted.table).\(wanted.name)"] =
                state.tables[wanted.table]?.lookups[wanted.name]?.navigation
        }
        if let routes = state.tables["phonecall"]?.routesToOwnerQueue { answers["queue.auto_route_phonecalls"] = String(routes) }
        answers["source.set"] = state.dataSourceSet
        answers["source.provider"] = state.dataProvider?.uuidString.lowercased()
        for case .key(let key) in definition.parts {
            guard let column = key.columns.first, state.tables[key.table] != nil else { continue }
            let found = state.tables[key.table]?.keys.values.first { $0.columns == key.columns }
            answers["key.\(key.table).\(column)"] =
                found?.status ?? refusedKeys["\(key.table).\(key.name)"].map { "refused \($0)" } ?? "missing"
        }
        for message in BulkReader.messages {
            for table in BulkReader.tables {
                answers["bulk.\(table).\(message)"] = String(bulk[message]?.contains(table) ?? false)
            }
        }
        self.answers = answers
    }
}
