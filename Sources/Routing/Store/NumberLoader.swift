package import Foundation
package import Model
package import Postgres

/// Reads all numbers of a tenant into memory.
package struct NumberLoader: Sendable {
    package static let statements = [countNumbers, countRows]

    private let connection: Connection
    private let tenant: Int32
    private let rulings: [E164: CallerChoice.Ruling]
    private let people: [UUID: E164]
    private let policy: MatchPolicy

    /// - Parameter connection: in a repeatable read transaction, so that everything is of one moment.
    package init(
        on connection: Connection, tenant: Int32, rulings: [E164: CallerChoice.Ruling], people: [UUID: E164], policy: MatchPolicy
    ) {
        self.connection = connection
        self.tenant = tenant
        self.rulings = rulings
        self.people = people
        self.policy = policy
    }

    /// The index as the tables are in this transaction.
    package func load() async throws -> NumberIndex {
        let numbers = try await connection.query(Self.countNumbers, [tenant])[0].decode(Int64.self)
        let rows = try await connection.query(Self.countRows, [tenant])[0].decode(Int64.self)
        var builder = try NumberIndexBuilder(expecting: Int(max(numbers, rows)), policy: policy)
        if numbers > 0 { try await copyDirectory(into: &builder) }
        if rows > 0 { try await copyRows(into: &builder) }
        try await settle(&builder)
        return builder.finish(people: people)
    }

    private func copyDirectory(into builder: inout NumberIndexBuilder) async throws {
        var isFirst = true
        try await connection.copyOut(
            """
            COPY (
                SELECT n.number, e.entry_table, e.owner_id, e.segment, e.language
                FROM hub.directory_number n
                JOIN hub.directory_entry e ON e.tenant_id = n.tenant_id AND e.entry_id = n.entry_id
                WHERE n.tenant_id = \(tenant) AND e.is_active
            ) TO STDOUT (FORMAT binary)
            """
        ) { bytes in
            try bytes.withUnsafeBytes { bytes in
                guard var row = CopiedRow(bytes, isFirst: isFirst), let number = row.next() else { return }
                let record = NumberRecord(
                    kind: row.kind() ?? .lead, owner: row.uuid(), segment: row.text(), language: row.text())
                if let number = E164.read(number) {
                    try builder.add(number, record)
                } else if let suffix = NumberSuffix(local: String(decoding: number, as: UTF8.self)) {
                    try builder.add(suffix, record)
                }
            }
            isFirst = false
        }
    }

    private func copyRows(into builder: inout NumberIndexBuilder) async throws {
        var isFirst = true
        try await connection.copyOut(
            """
            COPY (
                SELECT number, kind, owner_number, queue_number, segment, language, blocked, open_case, open_callback OR waits,
                    agent_number, agent_at
                FROM hub.route_number WHERE tenant_id = \(tenant)
            ) TO STDOUT (FORMAT binary)
            """
        ) { bytes in
            try bytes.withUnsafeBytes { bytes in
                guard var copied = CopiedRow(bytes, isFirst: isFirst), let number = copied.number() else { return }
                var row = NumberRow()
                row.kind = copied.kind()
                row.owner = copied.number()
                row.queue = copied.number()
                row.segment = copied.text()
                row.language = copied.text()
                row.isBlocked = copied.flag()
                row.hasOpenCase = copied.flag()
                row.hasOpenCallback = copied.flag()
                row.agent = copied.number()
                row.agentDay = copied.day()
                try builder.add(number, row)
            }
            isFirst = false
        }
    }

    /// Numbers of several records, and those that an administrator ruled on.
    private func settle(_ builder: inout NumberIndexBuilder) async throws {
        let numbers = Array(builder.disputedNumbers.union(rulings.keys))
        for start in stride(from: 0, to: numbers.count, by: 2000) {
            let part = Array(numbers[start..<min(start + 2000, numbers.count)])
            let cards = try await NumberLookup.cards(part, tenant: tenant, rulings: rulings, policy: policy) {
                try await connection.pipeline($0)
            }
            for (number, card) in cards where card.match == .exact { try builder.settle(number, card) }
        }
        let suffixes = Array(builder.disputedSuffixes)
        for start in stride(from: 0, to: suffixes.count, by: 2000) {
            let part = Array(suffixes[start..<min(start + 2000, suffixes.count)])
            let cards = try await NumberLookup.cards(part, tenant: tenant, policy: policy) { try await connection.pipeline($0) }
            for (suffix, card) in cards { try builder.settle(suffix, card) }
        }
    }

    static let countNumbers = Statement("route.number.count", "SELECT count(*) FROM hub.directory_number WHERE tenant_id = $1")
    static let countRows = Statement("route.number.count_rows", "SELECT count(*) FROM hub.route_number WHERE tenant_id = $1")
}
