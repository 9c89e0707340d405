internal import CLibpq

/// How a transaction runs.
public struct TransactionOptions: Sendable {
    public enum Isolation: String, Sendable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    public var isolation: Isolation
    public var readOnly: Bool
    /// How often the body may run again after a serialisation failure or a deadlock, or when the connection broke before COMMIT. 0: never.
    public var retries: Int

    public init(isolation: Isolation = .readCommitted, readOnly: Bool = false, retries: Int = 0) {
        self.isolation = isolation
        self.readOnly = readOnly
        self.retries = retries
    }
}

extension Connection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// BEGIN travels together with the first statement. With `retries` the body runs again after a serialisation failure or a deadlock, so it must
    /// bear that. When the connection breaks during COMMIT the error is `commitUnknown`. Inside a transaction use `withSavepoint`.
    @discardableResult
    public func withTransaction<R>(
        _ options: TransactionOptions = .init(), isolation: isolated (any Actor)? = #isolation,
        _ body: (Connection) async throws -> R
    ) async throws -> R {
        var attempt = 0
        while true {
            do {
                return try await transaction(options, body)
            } catch let error as PostgresError where attempt < options.retries && error.allowsSecondTry && wire.isUsable {
                attempt += 1
                try await Task.sleep(for: Self.retryDelay(attempt))
            }
        }
    }

    /// Some milliseconds that grow with the attempts; at random, so that rivals come apart.
    static func retryDelay(_ attempt: Int) -> Duration {
        .microseconds(Int.random(in: 0...(2_000 << min(attempt, 7))))
    }

    func transaction<R>(
        _ options: TransactionOptions, isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> R
    ) async throws -> R {
        try await open(options)
        do {
            let value = try await body(self)
            try await commit()
            return value
        } catch {
            await rollback()
            throw error
        }
    }

    private func open(_ options: TransactionOptions) async throws {
        try await exclusively {
            guard case .none = transaction else {
                throw PostgresError(.misuse, "a transaction is open on this connection already: use withSavepoint")
            }
            if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
            if let failure = wire.failure { throw failure }
            var begin = "BEGIN ISOLATION LEVEL \(options.isolation.rawValue)"
            if options.readOnly { begin += " READ ONLY" }
            isReadOnly = options.readOnly
            transaction = .pending(begin: [begin] + configuration.transactionSettings)
        }
    }

    /// Sends BEGIN alone, for what can't travel with it.
    func beginIfPending() async throws {
        guard case .pending(let begin) = transaction else { return }
        try await simple(begin.joined(separator: ";"))
        transaction = .open
    }

    private func commit() async throws {
        try await exclusively {
            guard case .open = transaction else {
                // No statement was run: nothing to commit.
                transaction = .none
                return
            }
            do {
                let result = try await simple("COMMIT", shielded: true)
                transaction = .none
                if result.storage.command == "ROLLBACK" {
                    throw PostgresError(.inFailedTransaction, "the transaction was rolled back: a statement in it had failed")
                }
            } catch var error as PostgresError where error.code.meansLostConnection || error.code == .timeout {
                error.code = .commitUnknown
                throw error
            }
        }
    }

    private func rollback() async {
        try? await exclusively {
            defer { transaction = .none }
            guard case .open = transaction, wire.failure == nil, PQtransactionStatus(wire.handle) != PQTRANS_IDLE else { return }
            await rollBackOrFail("ROLLBACK")
        }
        await forgetStale()
    }

    /// Runs `body` under a savepoint of the open transaction: its changes stay when it returns, are undone when it throws, and the
    /// transaction goes on either way.
    @discardableResult
    public func withSavepoint<R>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> R
    ) async throws -> R {
        let name = try await setSavepoint()
        do {
            let value = try await body(self)
            try await releaseSavepoint(name)
            return value
        } catch {
            await rollback(to: name)
            throw error
        }
    }

    private func setSavepoint() async throws -> String {
        try await exclusively {
            if case .none = transaction { throw PostgresError(.misuse, "a savepoint needs a transaction") }
            try await beginIfPending()
            savepoints += 1
            try await simple("SAVEPOINT s\(savepoints)")
            return "s\(savepoints)"
        }
    }

    private func releaseSavepoint(_ name: String) async throws {
        try await exclusively { _ = try await simple("RELEASE SAVEPOINT \(name)", shielded: true) }
    }

    private func rollback(to name: String) async {
        try? await exclusively { await rollBackOrFail("ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)") }
        await forgetStale()
    }

    /// Statements that turned out stale inside a transaction.
    func forgetStale() async {
        try? await exclusively {
            let stale = staleStatements
            staleStatements = []
            for (statement, error) in stale where wire.failure == nil { try await forget(statement, after: error) }
        }
    }
}

extension PostgresError {
    /// Whether a transaction that failed with this may run again at once.
    var allowsSecondTry: Bool { isRetryable || meansStalePlan }
}
