internal import CLibpq
import Logging

/// One connection to the server, yours while the closure runs that it was given to.
///
/// Statements run one after another in the order in which they are asked for; tasks that share a connection wait for each other. The methods
/// run on the connection's own event loop thread, and so does the closure's code between them, which therefore must not block: no file or
/// process calls that wait, no long computations. Hand those to another executor.
public final class Connection: @unchecked Sendable {
    // @unchecked: everything that changes belongs to the thread of `loop`; each public method goes there first.

    let wire: Wire
    let loop: EventLoop
    let configuration: DatabaseConfiguration
    /// Made once: they are looked at for each statement.
    let loneSettings: [String]
    let catalog: StatementCatalog
    var logger: Logger { wire.logger }

    /// What this connection has prepared, by name.
    var prepared: [String: Prepared] = [:]
    var parameters = ParameterList()
    var transaction = TransactionState.none
    var savepoints = 0
    /// Statements to prepare again once the transaction is over.
    var staleStatements: [(Statement, PostgresError)] = []

    /// In a transaction that was asked to be read-only.
    var isReadOnly = false
    /// Inside the body of a COPY, which owns the connection.
    var isCopying = false

    private var isHeld = false
    private var queue: [UnsafeContinuation<Void, Never>] = []

    init(wire: Wire, configuration: DatabaseConfiguration, catalog: StatementCatalog) {
        self.wire = wire
        self.configuration = configuration
        loneSettings = configuration.loneSettings
        self.catalog = catalog
        loop = wire.loop
    }

    /// The server process that serves this connection, as `pg_stat_activity.pid` shows it.
    public var processID: Int32 { wire.processID }

    enum TransactionState {
        case none
        /// BEGIN goes out together with the first statement.
        case pending(begin: [String])
        case open
    }

    // MARK: One at a time

    /// Runs `body` on the loop when no other statement of this connection is under way.
    func exclusively<R>(_ body: () async throws -> R) async throws -> R {
        try await loop.run {
            try await lock()
            defer { unlock() }
            return try await body()
        }
    }

    /// Only on the loop.
    func lock() async throws(PostgresError) {
        if isCopying { throw PostgresError(.misuse, "a COPY is under way on this connection") }
        if isHeld {
            await withUnsafeContinuation { queue.append($0) }
        } else {
            isHeld = true
        }
    }

    /// Only on the loop.
    func unlock() {
        if queue.isEmpty { isHeld = false } else { queue.removeFirst().resume() }
    }

    /// One turn on the wire: cancellable unless `shielded`, with the deadline if `limited`, and finished properly whatever happens.
    func turn<R>(shielded: Bool = false, limited: Bool = true, _ body: () async throws -> R) async throws -> R {
        try beginTurn(shielded: shielded, limited: limited)
        do {
            let value =
                shielded ? try await body() : try await withTaskCancellationHandler(operation: body, onCancel: wire.canceller)
            try await endTurn(nil)
            return value
        } catch {
            try await endTurn(error)
            throw error
        }
    }

    func beginTurn(shielded: Bool = false, limited: Bool = true) throws(PostgresError) {
        if !shielded && Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
        try wire.begin(deadline: limited ? configuration.answerDeadline : nil)
    }

    /// Throws `error` in the words the caller should see.
    func endTurn(_ error: (any Error)?) async throws {
        await wire.end()
        guard let error else { return }
        wire.failUnlessInStep()
        guard var error = error as? PostgresError else { throw error }
        // The server says "canceled on user request"; we know at whose.
        if let reason = wire.cancelReason, error.code == .queryCanceled || error.code == .connection { error.code = reason }
        // A primary that became a standby while we were connected.
        if error.code == .readOnlyTransaction, !isReadOnly { wire.fail(error) }
        throw error
    }

    /// After a user has finished: no transaction may stay open, and statements that turned out stale are forgotten.
    func settle() async {
        await loop.run {
            if wire.failure == nil, PQtransactionStatus(wire.handle) != PQTRANS_IDLE {
                try? await exclusively { await rollBackOrFail("ROLLBACK") }
            }
            transaction = .none
            if !staleStatements.isEmpty { await forgetStale() }
        }
    }

    /// A connection that can't roll back is of no use any more.
    func rollBackOrFail(_ sql: String) async {
        guard wire.failure == nil else { return }
        do {
            try await simple(sql, shielded: true)
        } catch {
            wire.fail(error as? PostgresError ?? PostgresError(.connection, "the transaction could not be rolled back"))
        }
    }
}
