internal import CLibpq

extension Connection {
    /// Runs `COPY … FROM STDIN` and sends what `body` writes; returns the number of rows.
    ///
    /// When `body` throws, or the task is cancelled, the COPY is given up and nothing of it stays. `CopyWriter.row` writes the text format
    /// here, so the statement must not ask for another one if you use it. No deadline applies while `body` runs.
    @discardableResult
    public func copyIn(
        _ sql: String, isolation: isolated (any Actor)? = #isolation, _ body: (CopyWriter) async throws -> Void
    ) async throws -> Int {
        try await exclusively { try await copyIn(sql, format: .text, body) }
    }

    /// Copies rows into columns of a table in the binary format: the quickest way to insert many rows; returns their number.
    ///
    /// `table` is SQL (schema-qualified, quoted where needed), the columns are plain names. Otherwise as `copyIn(_:)`.
    @discardableResult
    public func copyIn(
        into table: String, columns: [String], isolation: isolated (any Actor)? = #isolation,
        _ body: (CopyWriter) async throws -> Void
    ) async throws -> Int {
        let list = columns.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ", ")
        return try await exclusively {
            let types = try await run(Statement("", "SELECT \(list) FROM \(table) LIMIT 0"), []).types
            return try await copyIn("COPY \(table) (\(list)) FROM STDIN (FORMAT binary)", format: .binary(types), body)
        }
    }

    private func copyIn(
        _ sql: String, format: CopyWriter.Format, isolation: isolated (any Actor)? = #isolation,
        _ body: (CopyWriter) async throws -> Void
    ) async throws -> Int {
        try await beginIfPending()
        return try await turn(limited: false) {
            try await startCopy(sql, expecting: PGRES_COPY_IN)
            let writer = CopyWriter(wire: wire, format: format)
            do {
                isCopying = true
                defer { isCopying = false }
                try await body(writer)
                try await writer.finish()
            } catch {
                try await endCopy(because: "the client gave the COPY up")
                _ = try? await singleResult(nil)
                throw error
            }
            try await endCopy(because: nil)
            return try await singleResult(nil).affected
        }
    }

    /// Runs `COPY … TO STDOUT` and gives each row to `body` as it came: one line in the text format, without a cut in the middle.
    ///
    /// The server waits while `body` does. When `body` throws, the statement is cancelled on the server and the rest is dropped.
    public func copyOut(
        _ sql: String, isolation: isolated (any Actor)? = #isolation, _ body: ([UInt8]) async throws -> Void
    ) async throws {
        try await exclusively {
            try await beginIfPending()
            try await turn(limited: false) {
                try await startCopy(sql, expecting: PGRES_COPY_OUT)
                do {
                    isCopying = true
                    defer { isCopying = false }
                    while let row = try await nextCopiedRow() { try await body(row) }
                } catch {
                    guard wire.failure == nil else { throw error }
                    wire.cancelNow(because: .cancelled)
                    while try await nextCopiedRow() != nil {}
                    _ = try? await singleResult(nil)
                    throw error
                }
                _ = try await singleResult(nil)
            }
        }
    }

    private func startCopy(_ sql: String, expecting status: ExecStatusType) async throws(PostgresError) {
        guard PQsendQuery(wire.handle, sql) == 1 else { throw wire.refused(nil) }
        guard let result = try await wire.nextResult() else { throw wire.lost() }
        defer { PQclear(result) }
        if PQresultStatus(result) == status { return }
        let isError = PQresultStatus(result) == PGRES_FATAL_ERROR
        let error =
            isError ? PostgresError(result: result, statement: nil) : PostgresError(.misuse, "this is not the COPY expected here")
        if [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(PQresultStatus(result)) {
            wire.fail(error)
        } else {
            _ = try? await singleResult(nil)
        }
        throw error
    }

    /// Ends the data, or makes the server give up.
    private func endCopy(because reason: String?) async throws(PostgresError) {
        while true {
            switch PQputCopyEnd(wire.handle, reason) {
            case 1: return try await wire.flush()
            case 0: try await wire.flush()
            default: throw wire.refused(nil)
            }
        }
    }

    /// The next row, nil at the end. Results of the statement follow.
    private func nextCopiedRow() async throws(PostgresError) -> [UInt8]? {
        while true {
            guard wire.handle != nil else { throw wire.lost() }
            var start: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(wire.handle, &start, 1)
            switch count {
            case 1...:
                defer { PQfreemem(start) }
                return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(count)))
            case 0:
                await wire.wait()
                try wire.consume()
            case -1: return nil
            default: throw wire.refused(nil)
            }
        }
    }
}
