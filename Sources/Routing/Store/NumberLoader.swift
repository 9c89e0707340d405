package import Foundation
package import Model
package import Postgres

/// Reads all numbers of a tenant into memory.
package struct NumberLoader: Sendable {
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
    ///
    /// - Parameter old: the numbers as they were: what did not change is taken from them.
    package func load(insteadOf old: NumberIndex? = nil) async throws -> NumberIndex {
        let count: Int
        if let old { count = old.count } else { count = try await estimate() }
        var builder = NumberIndexBuilder(expecting: count, policy: policy, comparingWith: old)
        try await copyDirectory(into: &builder)
        try await copyRows(into: &builder)
        try await settle(&builder)
        try Task.checkCancellation()
        return try builder.finish(people: people)
    }

    /// About how many numbers there are, as the server's planner reckons: counting them takes longer than a table that has to grow.
    private func estimate() async throws -> Int {
        struct Explained: Decodable {
            struct Plan: Decodable {
                var rows: Double
                enum CodingKeys: String, CodingKey { case rows = "Plan Rows" }
            }
            var plan: Plan
            enum CodingKeys: String, CodingKey { case plan = "Plan" }
        }
        var most = 0.0
        for table in ["directory_number", "route_number"] {
            let sql = "EXPLAIN (FORMAT JSON) SELECT FROM hub.\(table) WHERE tenant_id = \(tenant)"
            let text = try await connection.query(Statement("", sql))[0][0].withBytes { Data($0) }
            most = try JSONDecoder().decode([Explained].self, from: text).reduce(most) { max($0, $1.plan.rows) }
        }
        return Int(most * 1.02)
    }

    private func copyDirectory(into builder: inout NumberIndexBuilder) async throws {
        var isFirst = true
        var meanings = Meanings()
        try await connection.copyOutInPlace(
            """
            COPY (
                SELECT n.number, e.entry_table, e.owner_id, e.segment, e.language
                FROM hub.directory_number n
                JOIN hub.directory_entry e ON e.tenant_id = n.tenant_id AND e.entry_id = n.entry_id
                WHERE n.tenant_id = \(tenant) AND e.is_active
            ) TO STDOUT (FORMAT binary)
            """
        ) { bytes in
            defer { isFirst = false }
            guard var row = CopiedRow(bytes, isFirst: isFirst), let number = row.next() else { return }
            if let number = E164.read(number) {
                try builder.add(number, try meanings.meaning(of: row, &builder))
            } else if let suffix = NumberSuffix.read(number) {
                try builder.add(suffix, try meanings.meaning(of: row, &builder))
            }
        }
    }

    /// What records say of their numbers, by the bytes that say it: few say something that none before said.
    private struct Meanings {
        private var known: [SIMD8<UInt64>: NumberMeaning] = [:]
        private static let most = 65_536

        /// - Parameter row: behind the number.
        mutating func meaning(of row: CopiedRow, _ builder: inout NumberIndexBuilder) throws -> NumberMeaning {
            guard let key = Self.key(row.rest) else { return try Self.read(row, &builder) }
            if let meaning = known[key] { return meaning }
            if known.count == Self.most { known = [:] }
            let meaning = try Self.read(row, &builder)
            known[key] = meaning
            return meaning
        }

        private static func read(_ row: CopiedRow, _ builder: inout NumberIndexBuilder) throws -> NumberMeaning {
            var row = row
            return try builder.meaning(
                of: NumberRecord(kind: row.kind() ?? .lead, owner: row.uuid(), segment: row.text(), language: row.text()))
        }

        /// The bytes, which tell their own length, and zeros behind them; nil for too many.
        private static func key(_ bytes: UnsafeRawBufferPointer) -> SIMD8<UInt64>? {
            guard bytes.count <= MemoryLayout<SIMD8<UInt64>>.size else { return nil }
            var key = SIMD8<UInt64>.zero
            withUnsafeMutableBytes(of: &key) { $0.copyMemory(from: bytes) }
            return key
        }
    }

    private func copyRows(into builder: inout NumberIndexBuilder) async throws {
        var isFirst = true
        try await connection.copyOutInPlace(
            """
            COPY (
                SELECT number, kind, owner_number, queue_number, segment, language, blocked, open_case, open_callback OR waits,
                    agent_number, agent_at
                FROM hub.route_number WHERE tenant_id = \(tenant)
            ) TO STDOUT (FORMAT binary)
            """
        ) { bytes in
            defer { isFirst = false }
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
}
