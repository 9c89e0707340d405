internal import CLibpq

/// A statement as one connection has prepared it.
struct Prepared {
    let sql: String
    let types: [PostgresType]
}

extension Connection {
    /// Whether the connection keeps the statement under its name. Behind a pooler that changes servers it can't.
    func keeps(_ statement: Statement) -> Bool {
        !statement.name.isEmpty && configuration.pooling == .session
    }

    /// The statement's parameter types; prepares it first if this connection hasn't yet. One round trip at first, none later.
    func prepare(_ statement: Statement) async throws -> [PostgresType] {
        let keeps = keeps(statement)
        if keeps {
            if let known = prepared[statement.name] {
                guard known.sql == statement.sql else {
                    throw PostgresError(.misuse, "the statement's name already stands for another text", statement: statement)
                }
                return known.types
            }
        } else if let known = catalog.types(of: statement.sql) {
            return known
        }
        try await beginIfPending()
        let name = keeps ? statement.name : ""
        let opening = opening
        let types = try await turn {
            guard PQenterPipelineMode(wire.handle) == 1 else { throw wire.refused(statement) }
            try send(opening: opening)
            guard PQsendPrepare(wire.handle, name, statement.sql, 0, nil) == 1, PQsendDescribePrepared(wire.handle, name) == 1,
                PQpipelineSync(wire.handle) == 1
            else { throw wire.refused(statement) }
            var answers = try await pipelineResults(count: opening.count + 2) { _ in statement }
            if answers.failure != nil {
                answers.failure!.index = nil
                throw answers.failure!
            }
            return answers.results[opening.count + 1].parameterTypes
        }
        if keeps {
            prepared[statement.name] = Prepared(sql: statement.sql, types: types)
        } else {
            catalog.learn(statement.sql, types)
        }
        return types
    }

    /// Forgets a statement that the server lost, or whose plan no longer holds; the next use prepares it again.
    func forget(_ statement: Statement, after error: PostgresError) async throws {
        catalog.forget(statement.sql)
        guard keeps(statement), prepared.removeValue(forKey: statement.name) != nil else { return }
        if error.code != .invalidStatementName {
            try await simple("DEALLOCATE \"\(statement.name.replacing("\"", with: "\"\""))\"", shielded: true)
        }
    }
}

extension Rows {
    /// The parameter types in the description of a prepared statement.
    var parameterTypes: [PostgresType] {
        (0..<PQnparams(storage.result)).map { PostgresType(rawValue: PQparamtype(storage.result, $0)) }
    }
}

extension PostgresError {
    /// The server no longer has the prepared statement (a failover, a pooler, DISCARD), or a table changed under its plan.
    var meansStalePlan: Bool {
        code == .invalidStatementName || code == .featureNotSupported && serverRoutine == "RevalidateCachedQuery"
    }
}
