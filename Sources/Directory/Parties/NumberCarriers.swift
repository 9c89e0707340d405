package import Dynamics
import FoundationEssentials
package import Model

/// Who carries numbers as Dynamics itself tells, as long as the directory is not complete.
package struct NumberCarriers: Sendable {
    /// By table and E.164.
    private var rows: [RowReference.Table: [String: [RowReference]]] = [:]

    package init() {}

    /// What has to be asked about numbers, at most one question a table.
    package static func questions(
        _ numbers: some Sequence<PhoneNumber>, _ settings: Settings, people: People
    ) -> [(table: RowReference.Table, query: ODataQuery)] {
        let texts = Set(numbers.lazy.filter { !people.isOwn($0) }.compactMap(\.e164)).sorted()
        guard !texts.isEmpty else { return [] }
        return [RowReference.Table.contact, .account].compactMap { table in
            let columns = columns(table, settings)
            guard !columns.isEmpty else { return nil }
            let query = ODataQuery(
                table.set, select: [key(table), name(table)] + columns,
                filter: .equal("statecode", .int(0)) && .any(of: columns.map { .in($0, texts) }))
            return (table, query)
        }
    }

    /// Takes in what was answered about a table.
    package mutating func take(_ answered: [ODataRow], of table: RowReference.Table, _ settings: Settings) {
        let columns = Self.columns(table, settings)
        for row in answered {
            guard let id = row.guid(Self.key(table)) else { continue }
            let reference = RowReference(table, id, name: row.string(Self.name(table)))
            for number in Set(columns.compactMap { row.string($0).flatMap { PhoneNumber($0).e164 } }) {
                rows[table, default: [:]][number, default: []].append(reference)
            }
        }
    }

    package func regarding(_ number: PhoneNumber, people: People) -> Regarding {
        guard let text = number.e164, !people.isOwn(number) else { return .unknown }
        return .choose(contacts: rows[.contact]?[text] ?? [], accounts: rows[.account]?[text] ?? [])
    }

    private static func columns(_ table: RowReference.Table, _ settings: Settings) -> [String] {
        table == .contact ? settings.contactNumberColumns : settings.accountNumberColumns
    }

    private static func key(_ table: RowReference.Table) -> String { table.rawValue + "id" }

    private static func name(_ table: RowReference.Table) -> String { table == .contact ? "fullname" : "name" }
}
