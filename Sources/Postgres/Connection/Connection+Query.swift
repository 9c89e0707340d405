internal import CLibpq

extension Connection {
    /// Runs one statement and returns its rows.
    ///
    /// Waits for earlier statements of this connection. When the task is cancelled the statement is cancelled on the server, and the connection
    /// stays usable. Throws `PostgresError`.
    public func query(_ statement: Statement, _ parameters: [any PostgresEncodable] = []) async throws -> Rows {
        try await exclusively { try await run(statement, parameters) }
    }

    /// Runs one statement and returns the number of rows it changed.
    @discardableResult
    public func execute(_ statement: Statement, _ parameters: [any PostgresEncodable] = []) async throws -> Int {
        try await query(statement, parameters).affected
    }

    /// Runs SQL of one or several statements without parameters, all in one implicit transaction unless it says otherwise itself.
    /// Results are thrown away. No client-side deadline applies. For migrations and maintenance.
    public func run(script sql: String) async throws {
        try await exclusively {
            try await beginIfPending()
            try await simple((opening + [sql]).joined(separator: ";\n"), limited: false)
        }
    }

    func run(_ statement: Statement, _ parameters: [any PostgresEncodable]) async throws -> Rows {
        if !opening.isEmpty { return try await run([Request(statement, parameters)])[0] }
        do {
            return try await runOnce(statement, parameters)
        } catch let error as PostgresError where error.meansStalePlan {
            // Inside a transaction it is too late: the server has given the transaction up.
            let isAlone = PQtransactionStatus(wire.handle) == PQTRANS_IDLE
            if isAlone { try await forget(statement, after: error) } else { staleStatements.append((statement, error)) }
            guard isAlone else { throw error }
            return try await runOnce(statement, parameters)
        }
    }

    private func runOnce(_ statement: Statement, _ parameters: [any PostgresEncodable]) async throws -> Rows {
        let types = try await prepare(statement)
        self.parameters.clear()
        try encode(parameters, types, statement)
        self.parameters.finish()
        return try await turn {
            try send(statement, types, from: 0)
            return try await singleResult(statement)
        }
    }

    /// Adds a statement's parameters to the list.
    func encode(_ parameters: [any PostgresEncodable], _ types: [PostgresType], _ statement: Statement) throws {
        do {
            try self.parameters.add(parameters, as: types)
        } catch var error as PostgresError {
            error.statementName = statement.name
            error.sql = statement.sql
            throw error
        }
    }

    /// Sends a statement with its encoded parameters, which start at `first` in the list.
    func send(_ statement: Statement, _ types: [PostgresType], from first: Int) throws(PostgresError) {
        let (values, lengths, formats) = parameters.arrays(from: first)
        let sent =
            if keeps(statement) {
                PQsendQueryPrepared(wire.handle, statement.name, Int32(types.count), values, lengths, formats, 1)
            } else {
                types.withUnsafeBufferPointer { types in
                    types.withMemoryRebound(to: Oid.self) {
                        PQsendQueryParams(
                            wire.handle, statement.sql, Int32(types.count), $0.baseAddress, values, lengths, formats, 1)
                    }
                }
            }
        guard sent == 1 else { throw wire.refused(statement) }
    }

    /// The result of the one statement that was sent.
    func singleResult(_ statement: Statement?) async throws(PostgresError) -> Rows {
        var rows: Rows?
        var failure: PostgresError?
        do throws(PostgresError) {
            while let result = try await wire.nextResult() {
                switch PQresultStatus(result) {
                case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                    rows = Rows(storage: ResultStorage(result))
                case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                    PQclear(result)
                    let error = PostgresError(.misuse, "COPY needs copyIn or copyOut", statement: statement)
                    // Nobody will speak the rest of this conversation.
                    wire.fail(error)
                    throw error
                default:
                    failure = failure ?? PostgresError(result: result, statement: statement)
                    PQclear(result)
                }
            }
        } catch {
            // The server's last words are worth more than "connection lost".
            throw failure ?? error
        }
        if let failure { throw failure }
        guard let rows else { throw PostgresError(.connection, "the server gave no answer", statement: statement) }
        return rows
    }

    /// Runs SQL by the simple protocol.
    @discardableResult
    func simple(_ sql: String, shielded: Bool = false, limited: Bool = true) async throws -> Rows {
        try await turn(shielded: shielded, limited: limited) {
            guard PQsendQuery(wire.handle, sql) == 1 else { throw wire.refused(nil) }
            return try await singleResult(nil)
        }
    }
}

extension Wire {
    /// libpq did not take a statement: the connection is lost, or libpq says why.
    func refused(_ statement: Statement?) -> PostgresError {
        if handle == nil || PQstatus(handle) != CONNECTION_OK { return lost() }
        var error = PostgresError(connection: handle, statement: statement)
        error.code = .misuse
        return error
    }
}
