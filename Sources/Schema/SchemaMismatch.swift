/// The database's schema is not the one this program was built for.
///
/// Its description is one line that says what to do.
public struct SchemaMismatch: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong. More may be added.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The database holds no schema of Trunkline.
        public static let missing = Code(name: "missing")
        /// The schema is older than the program.
        public static let older = Code(name: "older")
        /// The schema is newer than the program.
        public static let newer = Code(name: "newer")
        /// A migration was edited after it was applied, or another one was applied under its number.
        public static let edited = Code(name: "edited")
        /// The login user may not read the schema's version.
        public static let forbidden = Code(name: "forbidden")
    }

    public let code: Code
    /// One line for an operator.
    public let description: String

    static func missing(needed: Int) -> SchemaMismatch {
        SchemaMismatch(
            code: .missing,
            description: "the database has no schema of Trunkline, this program needs version \(needed): run `trunkline migrate`")
    }

    static func older(found: Int, needed: Int) -> SchemaMismatch {
        SchemaMismatch(
            code: .older,
            description: "the schema is at version \(found), this program needs \(needed): run `trunkline migrate`")
    }

    static func newer(found: Int, known: Int) -> SchemaMismatch {
        SchemaMismatch(
            code: .newer,
            description: "the schema is at version \(found), this program knows \(known): upgrade the program")
    }

    static func edited(_ applied: AppliedMigration, known: Migration) -> SchemaMismatch {
        let was = applied.name == known.name ? "was edited after it was applied" : "was applied as \(applied.name)"
        return SchemaMismatch(
            code: .edited,
            description: "migration \(known.version) \(known.name) \(was) on this database: "
                + "use a program of the same release as the one that migrated it")
    }

    static let forbidden = SchemaMismatch(
        code: .forbidden,
        description:
            "the login user may not read hub.schema_migration: make it a member of the program's role (see docs/database.md)")
}
