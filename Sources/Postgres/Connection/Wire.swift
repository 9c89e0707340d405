internal import CLibpq
import Glibc
import Logging
import Synchronization

/// One connection of libpq in non-blocking mode: sends, waits for the socket in its loop, hands results out.
///
/// It knows nothing of statements or transactions. One caller at a time; `Connection` sees to that.
final class Wire: EventSource, @unchecked Sendable {
    // @unchecked: belongs to its loop's thread. Others only call `requestCancel`, which goes there first.

    let loop: EventLoop
    let logger: Logger
    /// The server process at the other end.
    let processID: Int32
    /// libpq's connection; nil once closed.
    private(set) var handle: OpaquePointer?
    /// Why it can't be used any more.
    private(set) var failure: PostgresError?

    private let descriptor: Int32
    private let decrypted: DecryptedInput
    private var source: UInt64 = 0
    private var interest: UInt32 = EPOLLIN.rawValue
    private var waiter: UnsafeContinuation<Void, Never>?
    /// Set once the loop no longer watches the socket, because the server hung up while nobody was reading.
    private var isDetached = false
    /// Set while a caller works with the connection; input that comes otherwise is looked at when it comes.
    private var isBusy = false

    /// Called when an idle connection turns out to be dead.
    var onIdleFailure: (() -> Void)?
    /// Called with each NOTIFY.
    var onNotification: ((_ channel: String, _ payload: String) -> Void)?

    // Cancellation and deadline of what runs now.
    private var turn: UInt64 = 0
    /// Why the present turn was cancelled, if it was.
    private(set) var cancelReason: PostgresError.Code?
    private var deadlineTimer: Timers.Token?
    private var cancelsInFlight = 0
    private var isAbandoned = false

    /// Takes over an open connection of libpq. Call `start` on the loop before anything else.
    init(handle: OpaquePointer, decrypted: DecryptedInput, loop: EventLoop, logger: Logger) {
        self.handle = handle
        self.decrypted = decrypted
        self.loop = loop
        descriptor = PQsocket(handle)
        processID = PQbackendPID(handle)
        var logger = logger
        logger[metadataKey: "pg_pid"] = "\(processID)"
        self.logger = logger
    }

    deinit {
        if let handle { PQfinish(handle) }
    }

    func start() {
        PQsetnonblocking(handle, 1)
        PQsetNoticeReceiver(handle, receiveNotice, Unmanaged.passUnretained(self).toOpaque())
        source = loop.add(descriptor, self)
    }

    /// Says goodbye to the server and frees everything. A caller that waits is woken and finds the connection closed.
    func close() {
        guard let handle else { return }
        loop.remove(descriptor, id: source)
        fail(PostgresError(.connection, "the connection was closed"))
        self.handle = nil
        PQfinish(handle)
        wake()
    }

    /// Marks the connection as unusable; the first reason stays.
    func fail(_ error: PostgresError) {
        failure = failure ?? error
        usable.store(false, ordering: .relaxed)
    }

    /// Whether anything is known against the connection. From any thread.
    var isUsable: Bool { usable.load(ordering: .relaxed) }
    private let usable = Atomic(true)

    // MARK: Turns

    /// Starts the use of the connection for one statement or batch. Past the deadline it is cancelled on the server.
    func begin(deadline: Duration?) throws(PostgresError) {
        if let failure { throw failure }
        turn &+= 1
        isBusy = true
        cancelReason = nil
        if let deadline {
            let turn = self.turn
            deadlineTimer = loop.schedule(at: .now + deadline) { [weak self] in self?.cancel(turn, because: .timeout) }
        }
    }

    /// Ends the use. Waits until a cancel request that is still on its way has arrived, so that it can't hit the next statement.
    func end() async {
        while cancelsInFlight > 0, handle != nil, !isAbandoned { await wait() }
        isBusy = false
        if let deadlineTimer { loop.cancel(deadlineTimer) }
        deadlineTimer = nil
        guard handle != nil else { return }
        if interest != EPOLLIN.rawValue, !isDetached { listen(for: EPOLLIN.rawValue) }
        takeNotifications()
    }

    /// For `withTaskCancellationHandler` around the rest of a turn: cancels the statement on the server, whose answer ends the turn.
    var canceller: @Sendable () -> Void {
        let turn = self.turn
        return { self.loop.execute { self.cancel(turn, because: .cancelled) } }
    }

    /// After an error: a conversation that stopped in the middle can't be taken up again.
    func failUnlessInStep() {
        guard let handle, failure == nil else { return }
        if PQstatus(handle) != CONNECTION_OK {
            fail(PostgresError(connection: handle))
        } else if PQpipelineStatus(handle) != PQ_PIPELINE_OFF || PQtransactionStatus(handle) == PQTRANS_ACTIVE {
            fail(PostgresError(.connection, "the conversation with the server was left in the middle"))
        }
    }

    /// Asks the server to end what runs in this turn.
    func cancelNow(because reason: PostgresError.Code) { cancel(turn, because: reason) }

    private func cancel(_ turn: UInt64, because reason: PostgresError.Code) {
        guard turn == self.turn, isBusy, cancelReason == nil, let handle, let cancel = PQgetCancel(handle) else { return }
        cancelReason = reason
        send(CancelRequest(cancel), turn)
        _ = loop.schedule(at: .now + Self.patience) { [weak self] in self?.abandon(turn) }
    }

    /// Sends the request until the turn ends: one that arrives before the server has read the statement is lost.
    private func send(_ request: CancelRequest, _ turn: UInt64) {
        guard turn == self.turn, isBusy, !isAbandoned, handle != nil else { return }
        cancelsInFlight += 1
        BlockingThreads.cancelling.run {
            request.send()
            self.loop.execute {
                self.cancelsInFlight -= 1
                self.wake()
                _ = self.loop.schedule(at: .now + .milliseconds(200)) { [weak self] in self?.send(request, turn) }
            }
        }
    }

    /// How long a server may take to answer a cancel request before the connection counts as lost.
    static let patience = Duration.seconds(5)

    private func abandon(_ turn: UInt64) {
        guard turn == self.turn, isBusy else { return }
        isAbandoned = true
        fail(PostgresError(.connection, "the server did not answer a cancel request in time"))
        wake()
    }

    // MARK: Waiting

    /// Suspends until something happened: input, room for output, a cancel request, closing. Check again what you waited for.
    func wait() async {
        if isDetached { return }
        await withUnsafeContinuation { continuation in
            assert(waiter == nil)
            waiter = continuation
            let wanted = isBusy ? interest | EPOLLIN.rawValue : interest
            if wanted != interest { listen(for: wanted) }
        }
    }

    private func wake() {
        guard let waiter else { return }
        self.waiter = nil
        waiter.resume()
    }

    private func listen(for events: UInt32) {
        interest = events
        loop.change(descriptor, id: source, events: events)
    }

    func happened(_ events: UInt32) {
        if events & EPOLLOUT.rawValue != 0 { listen(for: interest & ~EPOLLOUT.rawValue) }
        if waiter != nil {
            wake()
        } else if isBusy {
            // The body of a COPY is at work elsewhere: the socket waits for it.
            listen(for: 0)
            if events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 {
                loop.remove(descriptor, id: source)
                isDetached = true
            }
        } else {
            consumeIdle()
        }
    }

    /// Input without a question: a notice, a notification, or the end.
    private func consumeIdle() {
        let isAlive = takeInput()
        // libpq parses what came only when it is asked for something.
        _ = PQisBusy(handle)
        takeNotifications()
        guard !isAlive || PQstatus(handle) != CONNECTION_OK else { return }
        fail(PostgresError(connection: handle))
        let report = onIdleFailure
        close()
        report?()
    }

    private func takeNotifications() {
        while let notification = PQnotifies(handle) {
            let channel = String(cString: notification.pointee.relname)
            let payload = String(cString: notification.pointee.extra)
            PQfreemem(notification)
            onNotification?(channel, payload)
        }
    }

    // MARK: Talking

    /// Sends what is buffered as far as the socket takes it at once.
    func startFlush() throws(PostgresError) {
        switch PQflush(handle) {
        case 0: return
        case 1: if interest & EPOLLOUT.rawValue == 0 { listen(for: interest | EPOLLOUT.rawValue) }
        default: throw lost()
        }
    }

    /// Sends everything that is buffered; reads meanwhile, because a server that can't get rid of its answers stops reading.
    func flush() async throws(PostgresError) {
        while true {
            guard let handle else { throw failure ?? lost() }
            switch PQflush(handle) {
            case 0: return
            case 1:
                if interest & EPOLLOUT.rawValue == 0 { listen(for: interest | EPOLLOUT.rawValue) }
                await wait()
                try consume()
            default: throw lost()
            }
        }
    }

    /// Reads what there is.
    func consume() throws(PostgresError) {
        if isAbandoned || handle == nil { throw failure ?? lost() }
        guard takeInput() else { throw lost() }
    }

    /// Hands libpq what the socket has, and all that TLS has decrypted of it; false when the connection is gone.
    private func takeInput() -> Bool {
        repeat {
            if PQconsumeInput(handle) == 0 { return false }
        } while decrypted.isThere(on: handle)
        return true
    }

    /// The next result of what was sent, nil at its end. The caller owns it.
    func nextResult() async throws(PostgresError) -> OpaquePointer? {
        while true {
            guard let handle else { throw failure ?? lost() }
            if PQisBusy(handle) == 0 { return PQgetResult(handle) }
            try startFlush()
            await wait()
            try consume()
        }
    }

    /// The connection is gone: remembers and returns why.
    func lost() -> PostgresError {
        // The server's last words (an administrator's shutdown, say) tell more than libpq's "closed unexpectedly".
        var error = PostgresError(connection: handle)
        if let handle, PQstatus(handle) == CONNECTION_BAD, PQisBusy(handle) == 0, let result = PQgetResult(handle) {
            if PQresultStatus(result) == PGRES_FATAL_ERROR { error = PostgresError(result: result, statement: nil) }
            PQclear(result)
        }
        fail(error)
        return failure!
    }
}

/// libpq's cancel object: sent once, on a thread that may block.
private final class CancelRequest: @unchecked Sendable {
    // @unchecked: made by the loop, then used by one helper thread only.
    private let cancel: OpaquePointer

    init(_ cancel: OpaquePointer) { self.cancel = cancel }
    deinit { PQfreeCancel(cancel) }

    func send() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { words in
            _ = PQcancel(cancel, words.baseAddress, Int32(words.count))
        }
    }
}
