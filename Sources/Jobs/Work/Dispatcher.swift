internal import Logging
internal import Metrics
internal import Postgres

/// The one task of a worker that claims and finishes: one statement batch and one commit for the last results and the next jobs.
struct Dispatcher {
    let database: Database
    let worker: Int32
    let queue: Int16
    /// Index of the handler of each kind.
    let handlers: [Int16: Int]
    let kinds: [String]
    let slots: Slots
    let signal: Signal
    let board: TroubleBoard
    let bell: Bell
    let configuration: JobWorkerConfiguration
    let logger: Logger

    private var lines = ClaimLines()
    private var pace: ClaimPace
    private var lookedAt: ContinuousClock.Instant?
    private var lookTook: Duration = .zero
    /// Calls that are taken from the slots and not known to be written down.
    private var pending: [FinishedCall] = []
    /// An answer was lost: what the last batch did is not known.
    private var isUncertain = false
    private var idlePoll: Duration
    /// Batches in a row that ended in trouble which an effect of theirs may have made.
    private var suspicions = 0

    init(
        database: Database, worker: Int32, queue: Int16, handlers: [Int16: Int], kinds: [String], slots: Slots, signal: Signal,
        board: TroubleBoard, bell: Bell,
        configuration: JobWorkerConfiguration, logger: Logger
    ) {
        self.database = database
        self.worker = worker
        self.queue = queue
        self.handlers = handlers
        self.kinds = kinds
        self.slots = slots
        self.signal = signal
        self.board = board
        self.bell = bell
        self.configuration = configuration
        self.logger = logger
        pace = ClaimPace(most: configuration.maximumClaim)
        idlePoll = configuration.pollAtMost
    }

    /// While a batch gathers: how often its time is looked at, and more jobs for it are looked for.
    private static let gatheringLook: Duration = .milliseconds(100)
    /// While all known lines are full: how often others are looked for.
    private static let fullLook: Duration = .milliseconds(100)

    // The loop -------------------------------------------------------------------------------------------------------

    /// Works until `isDraining` says so, then hands back what no slot has begun, writes down what is finished, and returns when
    /// nothing runs any more. Throws only cancellation and what a test's fault throws.
    mutating func run(isDraining: @Sendable () -> Bool) async throws {
        var trouble = Backoff()
        while true {
            try Task.checkCancellation()
            do {
                if isUncertain { try await recover() }
                if isDraining() {
                    if try await drain() { return }
                } else {
                    try await step()
                }
                trouble = Backoff()
                board.went(WorkerSession.dispatcher)
            } catch let error as PostgresError where error.code != .cancelled && !Task.isCancelled {
                isUncertain = true
                let pause = trouble.next()
                board.failed(WorkerSession.dispatcher, error)
                logger.warning("jobs: the database failed, trying again", metadata: ["error": "\(error)", "pause": "\(pause)"])
                try await Task.sleep(for: pause)
            }
        }
    }

    private mutating func step() async throws {
        let glance = slots.glance(most: configuration.maximumBuffered)
        if glance.isGathering { slots.add() }
        let now = ContinuousClock.now
        var demand = pace.demand(glance, most: configuration.maximumBuffered)
        var full = glance.full
        if demand == 0, glance.spare > 0 {
            // No place is left but beyond the places, for those whose turn there it may be.
            demand = min(glance.spare, configuration.maximumClaim)
            full = glance.shut
        }
        if demand > 0, mustLook(now) { try await look() }
        let mayClaim = demand > 0 && lines.hasOther(than: full)

        let isIdle = glance.runningJobs == 0 && glance.startable == 0
        let waited = glance.firstFinished.map { now - $0 } ?? .zero
        let mustFlush =
            !pending.isEmpty || glance.finishedJobs >= configuration.flushAt
            || glance.finishedJobs > 0 && (isIdle || waited >= configuration.flushAfter)
        let mustClaim = mayClaim && (glance.startable == 0 || pace.isLow(glance))
        if mustFlush || mustClaim {
            idlePoll = configuration.pollAtMost
            try await work(demand: mayClaim ? demand : 0, full: full)
        } else if glance.finishedJobs > 0 {
            await signal.wait(atMost: configuration.flushAfter - waited)
        } else if demand > 0, !lines.isEmpty, !mayClaim {
            // All that is known waits for its turn; what comes meanwhile is seen by the next look.
            await signal.wait(atMost: Self.fullLook)
        } else if demand > 0 {
            try await sleep(atMost: glance.isGathering ? Self.gatheringLook : nil)
        } else {
            await signal.wait(atMost: glance.isGathering ? Self.gatheringLook : configuration.pollAtLeast)
        }
    }

    /// Lines are looked for when none is known, else ten times a second; and never for more than a twentieth of the time.
    private func mustLook(_ now: ContinuousClock.Instant) -> Bool {
        guard let lookedAt else { return true }
        if lines.isEmpty { return now - lookedAt >= pace.contention }
        return now - lookedAt >= max(.milliseconds(100), lookTook * 20)
    }

    private mutating func look() async throws {
        let began = ContinuousClock.now
        let rows = try await database.query(WorkStore.lines, [queue])
        lines.found(
            try rows.map { row in
                let (lane, tenant, first) = try row.decode(Int16.self, Int32.self, Int64.self)
                return (lane, tenant, first)
            })
        lookedAt = .now
        lookTook = .now - began
    }

    /// Nothing to do. Says that it sleeps, looks once more, and only then sleeps: who enqueues after that look finds the bell.
    private mutating func sleep(atMost most: Duration?) async throws {
        if try await bell.set(queue: queue, on: database) {
            try await look()
            if !lines.isEmpty { return }
        }
        let time = min(bell.isHeard ? configuration.pollAtLeast : idlePoll, most ?? .seconds(3600))
        idlePoll = min(idlePoll * 2, configuration.pollAtLeast)
        await signal.wait(atMost: time * Double.random(in: 0.75...1.25))
        lookedAt = nil
    }

    // One batch ------------------------------------------------------------------------------------------------------

    private mutating func work(demand: Int, full: Set<ClaimLines.Line> = []) async throws {
        pending += slots.takeFinished()
        let plan = lines.plan(demand, full: full)
        try await configuration.fault?(.begin)
        let began = ContinuousClock.now
        let finished = pending.reduce(0) { $0 + $1.jobs.count }
        do {
            try await commit(plan)
            suspicions = 0
        } catch let error as PostgresError where error.isTransient || error.isRetryable || error.code == .commitUnknown {
            guard isSuspect(error) else { throw error }
            suspicions += 1
            // Once is a lost connection. Twice, with a database that answers in between, is one of the calls.
            guard suspicions > 1 else { throw error }
            logger.warning(
                "jobs: a batch of results ends its connection, writing them one by one", metadata: ["error": "\(error)"])
            // What the batch claimed, if it was committed, nobody told us.
            isUncertain = true
            try await isolate()
            suspicions = 0
        } catch is CancellationError {
            throw CancellationError()
        } catch is SimulatedKill {
            throw SimulatedKill()
        } catch  where !pending.isEmpty {
            // Something in one of the calls can't be written: each gets a transaction of its own.
            logger.warning("jobs: a batch of results was refused, writing them one by one", metadata: ["error": "\(error)"])
            isUncertain = true
            try await isolate()
        }
        pace.worked(jobs: finished, in: .now - began)
    }

    /// Whether an effect of what is pending may have brought the trouble about.
    private func isSuspect(_ error: PostgresError) -> Bool {
        error.isServerTrouble && !error.isBeyondTheWork && pending.contains { !$0.effects.isEmpty }
    }

    /// Writes down everything pending and claims by the plan, in one transaction.
    private mutating func commit(_ plan: ClaimLines.Plan) async throws {
        let calls = pending
        let claims = plan.lanes.isEmpty ? [] : [WorkStore.claim(worker: worker, queue: queue, plan)]
        let answer: Answer
        if calls.contains(where: { !$0.effects.isEmpty }) {
            answer = try await database.withTransaction { [self] connection in
                try await write(calls, claims, on: connection)
            }
        } else {
            let finish = WorkStore.finish(worker: worker, FinishColumns(calls))
            guard !finish.isEmpty || !claims.isEmpty else { return }
            answer = try Answer(try await database.pipeline(finish + claims), finishes: finish.count)
        }
        try await configuration.fault?(.committed)
        try settle(calls, answer)
        if !plan.lanes.isEmpty { try await take(plan, answer.claimed) }
    }

    /// What a batch returned.
    private struct Answer: Sendable {
        /// Ids of jobs that were not ours any more.
        var refused: [Int64] = []
        var claimed: Rows?

        init(_ results: [Rows], finishes: Int) throws {
            for rows in results.prefix(finishes) {
                let ids: [Int64]? = try rows[0][0].decode()
                refused += ids ?? []
            }
            claimed = results.count > finishes ? results[finishes] : nil
        }
    }

    private func write(_ calls: [FinishedCall], _ claims: [Request], on connection: Connection) async throws -> Answer {
        let wanted = calls.filter { !$0.effects.isEmpty }.flatMap(\.jobs)
        let verified = try await connection.query(WorkStore.verify, [wanted.map(\.id), wanted.map(\.seq)])
        let ids: [Int64] = try verified[0][0].decode()
        let ours = Set(ids)
        var written: [FinishedCall] = []
        for var call in calls {
            if !call.effects.isEmpty {
                // A call that lost one of its jobs to others must not write for it, and its effects can't be told apart.
                guard call.jobs.allSatisfy({ ours.contains($0.id) }) else {
                    call.outcomes = call.jobs.map { _ in
                        .retry(
                            after: .zero,
                            JobFailure(code: "job_lost", message: "another job of the batch was lost", countsAttempt: false))
                    }
                    written.append(call)
                    continue
                }
                for effect in call.effects { try await effect(connection) }
            }
            written.append(call)
        }
        try await configuration.fault?(.effectsWritten)
        let finish = WorkStore.finish(worker: worker, FinishColumns(written))
        let answer = try Answer(try await connection.pipeline(finish + claims), finishes: finish.count)
        try await configuration.fault?(.beforeCommit)
        return answer
    }

    private mutating func settle(_ calls: [FinishedCall], _ answer: Answer) throws {
        if !answer.refused.isEmpty {
            JobMetrics.fenced.increment(by: answer.refused.count)
            logger.warning(
                "jobs: results were dropped, others have the jobs by now", metadata: ["jobs": "\(answer.refused.prefix(20))"])
        }
        slots.forget(calls.lazy.flatMap(\.jobs))
        pending = []
    }

    private mutating func take(_ plan: ClaimLines.Plan, _ rows: Rows?) async throws {
        guard let rows else { return }
        try await configuration.fault?(.claimed)
        var counts: [ClaimLines.Line: (jobs: Int, last: Int64)] = [:]
        var claimed: [WorkStore.ClaimedRow] = []
        claimed.reserveCapacity(rows.count)
        for row in rows {
            let row = try WorkStore.ClaimedRow(row)
            let line = ClaimLines.Line(lane: row.lane, tenant: row.tenant)
            let before = counts[line] ?? (0, 0)
            counts[line] = (before.jobs + 1, max(before.last, row.seq))
            if !row.isHeld { claimed.append(row) }
        }
        lines.claimed(plan, counts)
        pace.claimed(rows.count)
        try await accept(claimed)
    }

    private func accept(_ rows: [WorkStore.ClaimedRow]) async throws {
        var jobs: [(job: Job, handler: Int)] = []
        var unknown: [Job] = []
        jobs.reserveCapacity(rows.count)
        for row in rows.sorted(by: { $0.seq < $1.seq }) {
            if let handler = handlers[row.kindID] {
                jobs.append((row.job(kind: kinds[handler]), handler))
            } else {
                unknown.append(row.job(kind: "\(row.kindID)"))
            }
        }
        slots.add(jobs)
        guard !unknown.isEmpty else { return }
        logger.warning(
            "jobs: no handler for some jobs, putting them off",
            metadata: ["jobs": "\(unknown.count)", "kind_id": "\(unknown[0].kind)"])
        let call = FinishedCall(
            unknown,
            results: JobResults(
                otherwise: .retry(
                    after: configuration.unknownKindDelay,
                    JobFailure(
                        code: "no_handler", message: "this version of the program does not know the kind", countsAttempt: false))),
            milliseconds: 0)
        for request in WorkStore.finish(worker: worker, FinishColumns([call])) {
            _ = try await database.query(request.statement, request.parameters)
        }
    }

    /// Writes down the pending calls, each in a transaction of its own. One that can't be written is tried again alone.
    private mutating func isolate() async throws {
        for call in pending {
            do {
                try await commit(only: call)
            } catch let error as PostgresError
                where (error.isTransient || error.isRetryable || error.code == .commitUnknown)
                && !(suspicions > 1 && isSuspect(error))
            {
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try await commit(only: call.failed(effects: error))
            }
        }
    }

    private mutating func commit(only call: FinishedCall) async throws {
        let rest = pending.dropFirst()
        pending = [call]
        do {
            try await commit(ClaimLines.Plan())
            pending = Array(rest)
        } catch {
            pending = [call] + rest
            throw error
        }
    }

    // After a lost answer --------------------------------------------------------------------------------------------

    /// The last batch may have been committed or not: the jobs that the table says we hold are the truth.
    private mutating func recover() async throws {
        let rows = try await database.query(WorkStore.heldBy, [worker]).map(WorkStore.ClaimedRow.init)
        let truth = Dictionary(rows.map { ($0.id, $0.seq) }, uniquingKeysWith: { first, _ in first })
        // Finished and not held any more: the batch was committed, or others took the jobs. Either way there is nothing left to write.
        let written = pending.filter { call in !call.jobs.contains { truth[$0.id] == $0.seq } }
        slots.forget(written.flatMap(\.jobs))
        pending.removeAll { call in !call.jobs.contains { truth[$0.id] == $0.seq } }
        // Held and not known: claimed without our hearing of it.
        try await accept(rows.filter { !slots.holds($0.id, $0.seq) })
        isUncertain = false
        lookedAt = nil
    }

    // Stopping -------------------------------------------------------------------------------------------------------

    /// One step of the drain; true when all is written down and nothing runs.
    private mutating func drain() async throws -> Bool {
        let back = slots.takeUnbegun()
        if !back.isEmpty {
            var columns = FinishColumns([])
            columns.giveBack(back)
            for request in WorkStore.finish(worker: worker, columns) {
                _ = try await database.query(request.statement, request.parameters)
            }
            slots.forget(back)
        }
        let isQuiet = slots.isQuiet
        pending += slots.takeFinished()
        if !pending.isEmpty { try await work(demand: 0) }
        if isQuiet { return true }
        await signal.wait(atMost: .milliseconds(100))
        return false
    }
}

/// Thrown by a test's fault: the worker stops as if its process had been killed.
struct SimulatedKill: Error {}

/// Growing pauses with jitter.
struct Backoff {
    private var last: Duration = .milliseconds(50)

    mutating func next() -> Duration {
        defer { last = min(last * 2, .seconds(2)) }
        return last * Double.random(in: 0.5...1)
    }
}
