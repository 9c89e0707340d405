public import Postgres

extension Report {
    /// Runs the report in a transaction that can't write, so also on a hot standby, and returns its rows. The server compiles nothing for it: that
    /// would take longer than most of them run.
    ///
    /// - Parameter since: where it begins; nil takes ``defaultSince``. Of no meaning to a report without one.
    /// - Throws: `PostgresError`; `undefinedTable` when the database's contract is older than the report.
    public func run(since: Since? = nil, on database: Database) async throws -> Rows {
        try await database.withTransaction(TransactionOptions(readOnly: true)) { connection in
            try await connection.execute(Self.uncompiled)
            let parameters = try await parameters(since, on: connection)
            return try await connection.query(Statement("", sql), parameters)
        }
    }

    /// What the statement is given.
    ///
    /// - Throws: `PostgresError`, since the server is asked how long ago a moment is: by its clock, which stands still in a transaction.
    public func parameters(_ since: Since?, on connection: Connection) async throws -> [any PostgresEncodable] {
        guard let defaultSince else { return [] }
        switch since {
        case nil: return [defaultSince.duration]
        case .span(let span): return [span.duration]
        case .moment(let date): return [try await connection.query(Self.age, [date])[0][0].decode(Duration.self)]
        }
    }

    static let uncompiled = Statement("report.uncompiled", "SET LOCAL jit = off")

    static let age = Statement("report.age", "SELECT now() - $1::timestamptz")
}
