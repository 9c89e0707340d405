package import FoundationEssentials
package import Model
package import Postgres

/// Looks numbers up in the directory of a tenant: one round trip for a whole batch, two more for those that need them.
package struct DirectoryLookup: Sendable {
    private let database: Database

    package init(database: Database) { self.database = database }

    package static let statements: [Statement] = LookupStore.statements

    /// Whether the directory was read to its end: only then who is not in it is not in Dynamics.
    package func isComplete(tenant: Int32) async throws -> Bool {
        try await state(tenant: tenant).isComplete
    }

    /// The same, and the directory's version; 0 where there is none yet.
    func state(tenant: Int32) async throws -> (isComplete: Bool, version: Int64) {
        try await database.query(LookupStore.state, [tenant]).first?.decode(Bool.self, Int64.self) ?? (false, 0)
    }

    /// What the directory holds about each of the numbers.
    package func find(_ numbers: [PhoneNumber], tenant: Int32, policy: MatchPolicy) async throws -> DirectoryFindings {
        let wanted = Array(Set(numbers.filter { $0.kind == .international || $0.kind == .national }))
        guard !wanted.isEmpty else { return DirectoryFindings() }
        return try await database.withConnection { connection in
            try await find(wanted, tenant: tenant, policy: policy, on: connection)
        }
    }

    /// Whom each of the numbers belongs to, as texts in E.164; for one agent's calls, or nobody's.
    package func match(
        numbers: [String], tenant: Int32, policy: MatchPolicy, agent: UUID? = nil, people: People = .nobody
    ) async throws -> [String: DirectoryMatch] {
        let parsed = numbers.map { PhoneNumber($0) }
        let findings = try await find(parsed, tenant: tenant, policy: policy)
        return Dictionary(
            zip(numbers, parsed).map { ($0, policy.match($1, findings[$1], agent: agent, people: people)) }
        ) { first, _ in first }
    }

    private func find(
        _ wanted: [PhoneNumber], tenant: Int32, policy: MatchPolicy, on connection: Connection
    ) async throws -> DirectoryFindings {
        let international = wanted.filter { $0.e164 != nil }
        let texts = international.compactMap(\.e164)
        let decided = wanted.map { $0.e164 ?? $0.raw }
        let answers = try await connection.pipeline([
            Request(LookupStore.exact, [tenant, texts]), Request(LookupStore.decisions, [tenant, decided]),
        ])
        var found = [[DirectoryCandidate]](repeating: [], count: texts.count)
        for row in answers[0] {
            let (place, candidate) = try LookupStore.candidate(row)
            found[place].append(candidate)
        }
        var findings = DirectoryFindings()
        for (number, candidates) in zip(international, found) where !candidates.isEmpty {
            findings[number] = DirectoryFinding(candidates)
        }
        let missing = wanted.filter { findings[$0].candidates.isEmpty }
        try await addLocalForms(missing, tenant: tenant, floor: policy.suffixDigits, on: connection, to: &findings)
        let byText = Dictionary(zip(decided, wanted)) { first, _ in first }
        for row in answers[1] {
            let (text, decision) = try LookupStore.decision(row)
            if let number = byText[text] { findings[number].decision = decision }
        }
        try await addOpen(tenant: tenant, on: connection, to: &findings)
        return findings
    }

    private func addLocalForms(
        _ numbers: [PhoneNumber], tenant: Int32, floor: Int, on connection: Connection, to findings: inout DirectoryFindings
    ) async throws {
        var places: [Int64] = []
        var suffixes: [String] = []
        var anyForm: [Bool] = []
        for (place, number) in numbers.enumerated() {
            guard let forms = LocalForms(number, floor: floor) else { continue }
            for suffix in forms.suffixes {
                places.append(Int64(place) + 1)
                suffixes.append(suffix)
                anyForm.append(forms.isLocalItself)
            }
        }
        guard !places.isEmpty else { return }
        for row in try await connection.query(LookupStore.suffix, [tenant, places, suffixes, anyForm]) {
            let (place, candidate) = try LookupStore.candidate(row)
            findings[numbers[place]].isLocalForm = true
            findings[numbers[place]].candidates.append(candidate)
        }
    }

    /// Open callbacks tell apart those that carry the same number.
    private func addOpen(tenant: Int32, on connection: Connection, to findings: inout DirectoryFindings) async throws {
        let rivals = findings.rivals
        guard !rivals.isEmpty else { return }
        let open = try await connection.query(LookupStore.open, [tenant, rivals]).map { try $0[0].decode(UUID.self) }
        if !open.isEmpty { findings.note(open: Set(open)) }
    }
}
