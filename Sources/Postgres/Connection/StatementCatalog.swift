/// What the connections of a pool tell each other about statements: the parameter types that the server inferred, by SQL text.
final class StatementCatalog: Sendable {
    private let known = Guarded<[String: [PostgresType]]>([:])

    func types(of sql: String) -> [PostgresType]? { known.withLock { $0[sql] } }

    func learn(_ sql: String, _ types: [PostgresType]) {
        known.withLock { known in
            // SQL that is built at run time never repeats: don't keep it for ever.
            if known.count >= 1_000 { known = [:] }
            known[sql] = types
        }
    }

    func forget(_ sql: String) { known.withLock { $0[sql] = nil } }
}
