extension Database {
    /// Lends a connection to `body`. Waits for one if necessary; the task's cancellation ends the wait.
    ///
    /// `body` runs on the connection's event loop thread and must not block. A transaction it leaves open is rolled back.
    /// The connection must not be used after `body` returned.
    @discardableResult
    public func withConnection<R>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> R
    ) async throws -> R {
        guard configuration.threads != .shared else { return try await lend(body) }
        // Whoever is woken from a thread of low priority must not be woken by way of a thread that the system starts for it there: threads inherit the
        // priority of those that start them, and keep it. From here the way in and out leads over a loop of ordinary priority.
        return try await withTaskExecutorPreference(loop) { try await lend(body) }
    }

    private func lend<R>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> R
    ) async throws -> R {
        let connection = try await acquire()
        return try await withTaskExecutorPreference(connection.loop) {
            do {
                let value = try await body(connection)
                await takeBack(connection)
                return value
            } catch {
                await takeBack(connection)
                throw error
            }
        }
    }

    /// Runs `body` in a transaction on a connection of its own: committed when it returns, rolled back when it throws.
    ///
    /// With `retries` in the options the body runs again, on another connection, after a serialisation failure, a deadlock, or the loss
    /// of the connection before COMMIT was sent.
    @discardableResult
    public func withTransaction<R>(
        _ options: TransactionOptions = .init(), isolation: isolated (any Actor)? = #isolation,
        _ body: (Connection) async throws -> R
    ) async throws -> R {
        var attempt = 0
        while true {
            do {
                return try await withConnection { try await $0.transaction(options, body) }
            } catch let error as PostgresError
                where attempt < options.retries && (error.allowsSecondTry || error.code.meansLostConnection)
            {
                attempt += 1
                try await Task.sleep(for: Connection.retryDelay(attempt))
            }
        }
    }

    /// Runs one statement on a connection of the pool and returns its rows.
    public func query(_ statement: Statement, _ parameters: [any PostgresEncodable] = []) async throws -> Rows {
        try await withConnection { try await $0.query(statement, parameters) }
    }

    /// Runs one statement on a connection of the pool and returns the number of rows it changed.
    @discardableResult
    public func execute(_ statement: Statement, _ parameters: [any PostgresEncodable] = []) async throws -> Int {
        try await query(statement, parameters).affected
    }

    /// Runs several statements in one round trip and one implicit transaction; see `Connection.pipeline`.
    public func pipeline(_ batch: [Request]) async throws -> [Rows] {
        try await withConnection { try await $0.pipeline(batch) }
    }
}

extension PostgresError.Code {
    /// The connection is gone, and what it was doing was not a COMMIT.
    var meansLostConnection: Bool {
        self == .connection || self == .adminShutdown || self == .crashShutdown || self == .idleInTransactionTimeout
    }
}
