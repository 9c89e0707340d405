import Foundation
package import Model
package import Postgres

/// Looks numbers up in the tables, many in one round trip.
package struct NumberLookup: Sendable {
    package static let statements = [exact, local, rows, open]

    /// Which tables hold anything for a tenant: others need not be asked.
    package struct Scope: Sendable, Hashable {
        package var hasLocalForms = true
        package var hasRows = true

        package init(hasLocalForms: Bool = true, hasRows: Bool = true) {
            self.hasLocalForms = hasLocalForms
            self.hasRows = hasRows
        }
    }

    /// All that is stored about those of the numbers that anything is stored about; by its end, where a number is not found as it is.
    ///
    /// - Parameter run: runs a batch in one round trip.
    package static func cards(
        _ numbers: [E164], tenant: Int32, rulings: [E164: CallerChoice.Ruling], policy: MatchPolicy, scope: Scope = Scope(),
        run: ([Request]) async throws -> [Rows]
    ) async throws -> [E164: CallerCard] {
        let texts = numbers.map(\.text)
        var suffixes: [E164: [NumberSuffix]] = [:]
        if scope.hasLocalForms {
            for number in numbers { suffixes[number] = NumberSuffix.candidates(of: number, floor: policy.suffixDigits) }
        }
        var batch = [Request(exact, [tenant, texts])]
        if scope.hasLocalForms { batch.append(Request(local, [tenant, Array(Set(suffixes.values.joined().map(\.text)))])) }
        if scope.hasRows { batch.append(Request(rows, [tenant, texts])) }
        let results = try await run(batch)
        var found: [E164: [Candidate]] = [:]
        for row in results[0] {
            if let number = E164(try row[0].decode(String.self)) { found[number, default: []].append(try candidate(row)) }
        }
        let ends = scope.hasLocalForms ? try bySuffix(results[1]) : [:]
        var own: [E164: NumberRow] = [:]
        if scope.hasRows {
            for row in results[results.count - 1] { if let (number, row) = try numberRow(row) { own[number] = row } }
        }
        var cards: [E164: CallerCard] = [:]
        for number in numbers {
            var card = CallerCard(candidates: found[number] ?? [], row: own[number], ruling: rulings[number], policy: policy)
            // Who decided about the number knew how it was found.
            if card.ruling == nil, card.candidates.isEmpty, card.row?.kind == nil,
                let end = suffixes[number]?.first(where: { ends[$0] != nil })
            {
                card.candidates = ends[end] ?? []
                card.match = .local
            }
            if !card.isBlank { cards[number] = card }
        }
        try await noteOpen(in: &cards, tenant: tenant, run: run)
        return cards
    }

    /// What is stored in local form under each of these suffixes.
    package static func cards(
        _ suffixes: [NumberSuffix], tenant: Int32, policy: MatchPolicy, run: ([Request]) async throws -> [Rows]
    ) async throws -> [NumberSuffix: CallerCard] {
        let rows = try await run([Request(local, [tenant, suffixes.map(\.text)])])[0]
        var cards = try bySuffix(rows).mapValues { CallerCard(candidates: $0, match: .local, policy: policy) }
        try await noteOpen(in: &cards, tenant: tenant, run: run)
        return cards
    }

    /// Open callbacks tell apart records that carry the same number; only there they are asked for.
    private static func noteOpen<Key: Hashable>(
        in cards: inout [Key: CallerCard], tenant: Int32, run: ([Request]) async throws -> [Rows]
    ) async throws {
        var rivals: Set<UUID> = []
        for card in cards.values where card.ruling == nil && card.policy.rules.contains(.openActivity) {
            let ids = Set(card.candidates.map(\.id))
            if ids.count > 1 { rivals.formUnion(ids) }
        }
        guard !rivals.isEmpty else { return }
        let open = Set(try await run([Request(Self.open, [tenant, Array(rivals)])])[0].map { try $0[0].decode(UUID.self) })
        guard !open.isEmpty else { return }
        for key in cards.keys {
            guard var card = cards[key], card.candidates.contains(where: { open.contains($0.id) }) else { continue }
            for index in card.candidates.indices where open.contains(card.candidates[index].id) {
                card.candidates[index].entry.isOpen = true
            }
            cards[key] = card
        }
    }

    private static func bySuffix(_ rows: Rows) throws -> [NumberSuffix: [Candidate]] {
        var found: [NumberSuffix: [Candidate]] = [:]
        for row in rows {
            if let suffix = NumberSuffix(local: try row[0].decode(String.self)) {
                found[suffix, default: []].append(try candidate(row))
            }
        }
        return found
    }

    private static func candidate(_ row: Row) throws -> Candidate {
        let (_, entry, table, account, owner, segment, language, field, hasExtension, last) = try row.decode(
            String.self, UUID.self, String.self, UUID?.self, UUID?.self, String?.self, String?.self, String.self, Bool.self,
            Date?.self)
        return Candidate(
            DirectoryCandidate(
                RowReference(RowReference.Table(rawValue: table) ?? .lead, entry), ownerID: owner, accountID: account,
                field: field,
                hasExtension: hasExtension, lastInteraction: last),
            segment: segment, language: language)
    }

    private static func numberRow(_ row: Row) throws -> (E164, NumberRow)? {
        let (number, kind, owner, queue, segment, language, blocked, openCase, openCallback, agent, agentAt) = try row.decode(
            String.self, String?.self, String?.self, String?.self, String?.self, String?.self, Bool.self, Bool.self, Bool.self,
            String?.self, Date?.self)
        guard let number = E164(number) else { return nil }
        var read = NumberRow()
        read.kind = kind.map { CallerFacts.Kind(table: $0) }
        read.owner = owner.flatMap { E164($0) }
        read.queue = queue.flatMap { E164($0) }
        read.segment = segment
        read.language = language
        (read.isBlocked, read.hasOpenCase, read.hasOpenCallback) = (blocked, openCase, openCallback)
        read.agent = agent.flatMap { E164($0) }
        read.agentDay = agentAt.map { Int32(($0.timeIntervalSince1970 / 86_400).rounded(.down)) }
        return (number, read)
    }

    static let exact = Statement(
        "route.number.exact",
        """
        SELECT n.number, e.entry_id, e.entry_table, e.account_id, e.owner_id, e.segment, e.language, n.field, n.extension IS NOT NULL,
            e.last_interaction_at
        FROM hub.directory_number n
        JOIN hub.directory_entry e ON e.tenant_id = n.tenant_id AND e.entry_id = n.entry_id
        WHERE n.tenant_id = $1 AND n.number = ANY ($2) AND e.is_active
        """)

    static let local = Statement(
        "route.number.local",
        """
        SELECT n.suffix, e.entry_id, e.entry_table, e.account_id, e.owner_id, e.segment, e.language, n.field, n.extension IS NOT NULL,
            e.last_interaction_at
        FROM hub.directory_number n
        JOIN hub.directory_entry e ON e.tenant_id = n.tenant_id AND e.entry_id = n.entry_id
        WHERE n.tenant_id = $1 AND n.suffix = ANY ($2) AND n.form = 'local' AND e.is_active
        """)

    static let rows = Statement(
        "route.number.rows",
        """
        SELECT number, kind, owner_number, queue_number, segment, language, blocked, open_case, open_callback OR waits,
            agent_number, agent_at
        FROM hub.route_number
        WHERE tenant_id = $1 AND number = ANY ($2)
        """)

    static let open = Statement("route.number.open", "SELECT entry FROM hub.directory_open($1, $2) AS o (entry)")
}

extension CallerFacts.Kind {
    /// By the name of the table in Dynamics.
    init(table: String) {
        self.init(RowReference.Table(rawValue: table) ?? .lead)
    }
}
