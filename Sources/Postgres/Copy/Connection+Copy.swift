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
        try await write(to: try await startCopyIn(sql), body)
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
        let types = try await query(Statement("", "SELECT \(list) FROM \(table) LIMIT 0")).types
        return try await write(
            to: try await startCopyIn("COPY \(table) (\(list)) FROM STDIN (FORMAT binary)", binary: types), body)
    }

    private func write(
        to writer: CopyWriter, isolation: isolated (any Actor)? = #isolation, _ body: (CopyWriter) async throws -> Void
    ) async throws -> Int {
        do {
            try await withTaskCancellationHandler {
                try await body(writer)
            } onCancel: {
                writer.canceller()
            }
        } catch {
            return try await finishCopyIn(writer, giving: error)
        }
        return try await finishCopyIn(writer, giving: nil)
    }

    /// The connection belongs to the COPY from here to `finishCopyIn`.
    private func startCopyIn(_ sql: String, binary types: [PostgresType]? = nil) async throws -> CopyWriter {
        let canceller = try await startCopy(sql, expecting: PGRES_COPY_IN)
        return CopyWriter(wire: wire, format: types.map { .binary($0) } ?? .text, canceller: canceller)
    }

    private func finishCopyIn(_ writer: CopyWriter, giving failure: (any Error)?) async throws -> Int {
        try await finishCopy {
            var failure = failure
            if failure == nil {
                do { try await writer.finish() } catch { failure = error }
            }
            guard wire.failure == nil else { throw failure ?? wire.lost() }
            try await endData(because: failure == nil ? nil : "the client gave the COPY up")
            do {
                let count = try await singleResult(nil).affected
                guard let failure else { return count }
                throw failure
            } catch {
                throw failure ?? error
            }
        }
    }

    /// Runs `COPY … TO STDOUT` and gives each row to `body` as it came: one line in the text format, without a cut in the middle.
    ///
    /// The server waits while `body` does. When `body` throws, the statement is cancelled on the server and the rest is dropped.
    public func copyOut(
        _ sql: String, isolation: isolated (any Actor)? = #isolation, _ body: ([UInt8]) async throws -> Void
    ) async throws {
        try await readCopy(sql) { while let row = try await nextCopiedRow() { try await body(row) } }
    }

    /// The same for very many rows: `body` runs on the connection's loop and reads each row where libpq has it, for as long as it runs.
    public func copyOutInPlace(_ sql: String, _ body: (UnsafeRawBufferPointer) throws -> Void) async throws {
        try await readCopy(sql) {
            try await loop.run {
                while try readCopiedRows(body) {
                    await wire.wait()
                    try wire.consume()
                }
            }
        }
    }

    private func readCopy(_ sql: String, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Void)
        async throws
    {
        let canceller = try await startCopy(sql, expecting: PGRES_COPY_OUT)
        do {
            try await withTaskCancellationHandler {
                try await body()
            } onCancel: {
                canceller()
            }
        } catch {
            return try await finishCopyOut(giving: error)
        }
        try await finishCopyOut(giving: nil)
    }

    private func finishCopyOut(giving failure: (any Error)?) async throws {
        try await finishCopy {
            guard let failure else {
                _ = try await singleResult(nil)
                return
            }
            if wire.failure == nil, PQtransactionStatus(wire.handle) == PQTRANS_ACTIVE {
                wire.cancelNow(because: .cancelled)
                while try await nextCopiedRow() != nil {}
                _ = try? await singleResult(nil)
            }
            throw failure
        }
    }

    // MARK: Both ways

    /// Takes the connection, sends the statement, and leaves the connection taken when the server is ready for the data.
    /// Returns what cancels the COPY on the server.
    private func startCopy(_ sql: String, expecting status: ExecStatusType) async throws -> @Sendable () -> Void {
        try await loop.run {
            try await lock()
            do {
                try await beginIfPending()
                guard opening.isEmpty else {
                    throw PostgresError(
                        .misuse, "behind a pooler in transaction mode COPY needs a transaction, or the settings would not hold")
                }
                try beginTurn(limited: false)
                let canceller = wire.canceller
                do {
                    try await withTaskCancellationHandler {
                        try await sendCopy(sql, expecting: status)
                    } onCancel: {
                        canceller()
                    }
                } catch {
                    try await endTurn(error)
                }
                isCopying = true
                return canceller
            } catch {
                unlock()
                throw error
            }
        }
    }

    private func finishCopy<R>(_ body: () async throws -> R) async throws -> R {
        try await loop.run {
            isCopying = false
            defer { unlock() }
            do {
                let value = try await body()
                try await endTurn(nil)
                return value
            } catch {
                try await endTurn(error)
                throw error
            }
        }
    }

    private func sendCopy(_ sql: String, expecting status: ExecStatusType) async throws(PostgresError) {
        guard PQsendQuery(wire.handle, sql) == 1 else { throw wire.refused(nil) }
        guard let result = try await wire.nextResult() else { throw wire.lost() }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case status: return
        case PGRES_FATAL_ERROR:
            let error = PostgresError(result: result, statement: nil)
            _ = try? await singleResult(nil)
            throw error
        default:
            // Another kind of COPY, or none: nobody will speak the rest of this conversation.
            let error = PostgresError(.misuse, "this is not the COPY expected here")
            wire.fail(error)
            throw error
        }
    }

    /// Ends the data, or makes the server give up.
    private func endData(because reason: String?) async throws(PostgresError) {
        while true {
            switch PQputCopyEnd(wire.handle, reason) {
            case 1: return try await wire.flush()
            case 0: try await wire.flush()
            default: throw wire.refused(nil)
            }
        }
    }

    /// Reads the rows that have come; false at the end. Only on the loop.
    private func readCopiedRows(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        while true {
            guard wire.handle != nil else { throw wire.lost() }
            var start: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(wire.handle, &start, 1)
            switch count {
            case 1...:
                defer { PQfreemem(start) }
                try body(UnsafeRawBufferPointer(start: start, count: Int(count)))
            case 0: return true
            case -1: return false
            default: throw wire.refused(nil)
            }
        }
    }

    /// The next row, nil at the end. Results of the statement follow.
    private func nextCopiedRow() async throws -> [UInt8]? {
        try await loop.run {
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
}
