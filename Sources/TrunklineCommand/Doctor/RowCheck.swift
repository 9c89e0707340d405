import Postgres

/// A check that asks the database one question of which every row is something that is, or may be, wrong.
protocol RowCheck: DoctorCheck {
    static var question: Statement { get }
    /// What is said when no row tells otherwise.
    static var well: String { get }
    /// Whether there is anything to look at yet; nil where there always is. Without it the check is skipped.
    static var isThere: Statement? { get }
    /// What a row says; nil when it is as it should be.
    func judge(_ row: Row) throws -> Finding?
}

extension RowCheck {
    static var isThere: Statement? { nil }

    func findings(_ patient: Patient) async throws -> [Finding] {
        let findings = try await patient.database.query(Self.question).compactMap { try judge($0) }
        guard findings.isEmpty else { return findings }
        if let isThere = Self.isThere, try await !patient.database.query(isThere)[0].decode(Bool.self) {
            return [.skipped(Self.name, "never read")]
        }
        return [.ok(Self.name, Self.well)]
    }
}
