public import Postgres

/// The contract of schema `report`: its version grows when views or columns are added; none goes, and none changes its meaning.
public enum ReportContract {
    /// The version these reports need.
    public static let needed: Int32 = 2

    /// The version that the database keeps; nil when it has none of these views.
    ///
    /// - Throws: `PostgresError`; `insufficientPrivilege` when the login user may not read them.
    public static func version(of database: Database) async throws -> Int32? {
        do {
            return try await database.query(contract).first?[0].decode(Int32?.self)
        } catch let error as PostgresError where error.code == .undefinedTable {
            return nil
        }
    }

    static let contract = Statement("report.contract", "SELECT contract FROM report.version")
}
