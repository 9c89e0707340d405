internal import Logging
internal import Metrics
internal import Postgres
internal import ServiceLifecycle

/// The life of a worker under one number: dispatcher, slots, heart, chores and bell, all ending together.
struct WorkerSession: Sendable {
    let worker: Int32
    let queue: Int16
    let database: Database
    let listener: Listener?
    let handlers: [any JobHandler]
    let kinds: [Int16: Int]
    let slotCount: Int
    let signal: Signal
    let board: TroubleBoard
    let configuration: JobWorkerConfiguration
    let logger: Logger

    /// The dispatcher on the trouble board.
    static let dispatcher = "dispatcher"

    private enum End {
        case drained
        case lost
        case graceOver
        /// A part that does not decide about the end.
        case part
    }

    /// Works until drained or lost.
    func run(isDraining: @escaping @Sendable () -> Bool, onDrain: @escaping @Sendable () -> Void) async throws {
        let slots = Slots(
            slotCount, batchSizes: handlers.map(\.batchSize), concurrency: handlers.map(\.concurrency),
            gather: handlers.map(\.gather), flushAt: configuration.flushAt,
            signal: signal)
        let bell = Bell()
        logger.info(
            "jobs: working", metadata: ["slots": "\(slotCount)", "kinds": "\(handlers.map(\.kind).joined(separator: " "))"])
        let end = try await withThrowingTaskGroup(of: End.self) { group in
            group.addTask {
                var dispatcher = Dispatcher(
                    database: database, worker: worker, queue: queue, handlers: kinds, kinds: handlers.map(\.kind), slots: slots,
                    signal: signal, board: board, bell: bell, configuration: configuration, logger: logger)
                try await dispatcher.run(isDraining: isDraining)
                return .drained
            }
            group.addTask {
                await Heart(database: database, worker: worker, configuration: configuration, logger: logger).beat(
                    isDraining: isDraining)
                return .lost
            }
            group.addTask {
                await Chores(database: database, queue: queue, signal: signal, configuration: configuration, logger: logger).run()
                return .part
            }
            group.addTask {
                await hear(bell)
                return .part
            }
            group.addTask {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<slotCount { group.addTask { await work(slots) } }
                }
                return .part
            }
            group.addTask {
                try? await gracefulShutdown()
                guard isDraining() else { return .part }
                onDrain()
                try? await Task.sleep(for: configuration.grace)
                return .graceOver
            }
            defer {
                group.cancelAll()
                slots.close()
            }
            while let end = try await group.next() {
                switch end {
                case .part: continue
                case .drained, .lost, .graceOver: return end
                }
            }
            return .drained
        }
        try Task.checkCancellation()
        switch end {
        case .lost:
            JobMetrics.lost.increment()
            logger.error("jobs: this worker could not renew its lease and stopped its handlers; others take its jobs over")
        case .drained, .graceOver, .part:
            let returned = try await database.query(WorkStore.leave, [worker])[0].decode(Int64.self)
            _ = try await database.query(WorkStore.ring, [queue])
            logger.info("jobs: stopped", metadata: ["returned": "\(returned)"])
        }
    }

    /// One slot: call after call.
    private func work(_ slots: Slots) async {
        let metrics = handlers.map { JobMetrics(kind: $0.kind) }
        let tracing = CallTracing()
        var done: (call: FinishedCall, of: Slots.Call)?
        while let call = await slots.next(after: done) {
            let handler = handlers[call.handler]
            let context = JobContext(tenant: call.jobs[0].tenant, worker: worker, logger: logger)
            let began = ContinuousClock.now
            var finished: FinishedCall
            let trace = tracing.begin(handler, call.jobs)
            do {
                let results = try await trace.run { try await handler.handle(call.jobs, context: context) }
                finished = FinishedCall(call.jobs, results: results, milliseconds: 0)
                board.went(handler.kind)
            } catch {
                board.failed(handler.kind, error)
                finished = FinishedCall(call.jobs, error: error, milliseconds: 0)
            }
            trace.end(finished)
            // Cancelled: the worker may not go on. The job is handed back, or is somebody else's already.
            if Task.isCancelled { return }
            let time = ContinuousClock.now - began
            finished.milliseconds = Int32(
                clamping: time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000)
            trace.with { metrics[call.handler].record(finished, duration: time) }
            done = (finished, call)
        }
    }

    /// Hears the bell of the queue; without a listener there is none.
    private func hear(_ bell: Bell) async {
        guard let listener else { return }
        for await event in listener.notifications(on: "trunkline_jobs") {
            switch event {
            case .listening: bell.heard(true)
            case .notification(let payload) where payload == "\(queue)": bell.rung()
            case .notification: continue
            }
            signal.ring()
        }
        bell.heard(false)
    }
}
