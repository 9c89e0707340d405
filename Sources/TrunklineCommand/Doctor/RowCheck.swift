import Postgres

/// A check that asks the database one question of which every row is something that is, or may be, wrong.
protocol RowCheck: DoctorCheck {
    static var question: Statement { get }
    /// What is said when no row tells otherwise.
    static var well: String { get }
    /// What a row says; nil when it is as it should be.
    static func judge(_ row: Row) throws -> Finding?
}

extension RowCheck {
    func findings(_ patient: Patient) async throws -> [Finding] {
        let findings = try await patient.database.query(Self.question).compactMap { try Self.judge($0) }
        return findings.isEmpty ? [.ok(Self.name, Self.well)] : findings
    }
}
