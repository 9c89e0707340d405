import Logging
import NIOCore
import Postgres
import Routing
import ServiceLifecycle
import Synchronization

/// Looks callers up in the database where they are not held in memory: questions that come while a round trip is under way share the next one.
final class LookupBatcher: Service {
    struct Asking: Sendable {
        var number: E164
        var routes: TenantRoutes
        var pending: NIOLoopBound<PendingLookup>
        /// Nobody waits for the answer any more.
        var deadline: NIODeadline
    }

    private struct State {
        var waiting: [Asking] = []
        var idle: [AsyncStream<Void>.Continuation] = []
    }

    private let database: Database
    private let workers: Int
    private let mostWaiting: Int
    private let logger: Logger
    private let state = Mutex(State())

    /// Most numbers in one round trip.
    private static let most = 256

    /// - Parameters:
    ///   - workers: round trips at once, each on a connection of its own.
    ///   - mostWaiting: questions that wait for a round trip. A database that hangs gets no more of them than this.
    init(database: Database, workers: Int, mostWaiting: Int = 8192, logger: Logger) {
        (self.database, self.workers, self.mostWaiting, self.logger) = (database, workers, mostWaiting, logger)
    }

    /// Answers on the asking loop, some time; false when too many wait already.
    func ask(_ asking: Asking) -> Bool {
        let (isTaken, bell) = state.withLock { state -> (Bool, AsyncStream<Void>.Continuation?) in
            if state.waiting.count >= mostWaiting {
                // Those whose time is over were answered without it.
                let now = NIODeadline.now()
                state.waiting.removeAll { $0.deadline <= now }
                guard state.waiting.count < mostWaiting else { return (false, nil) }
            }
            state.waiting.append(asking)
            return (true, state.idle.popLast())
        }
        bell?.yield()
        return isTaken
    }

    /// Questions that wait for a round trip.
    var waiting: Int { state.withLock { $0.waiting.count } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<self.workers { group.addTask { await self.work() } }
            }
        }
    }

    private func work() async {
        let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var rings = bell.makeAsyncIterator()
        while !Task.isCancelled {
            do {
                // The connection stays with the worker: lending it for each round trip would cost as much as the statement.
                try await database.withConnection { connection in
                    while !Task.isCancelled {
                        let batch = self.take(else: ringer)
                        if batch.isEmpty {
                            if await rings.next() == nil { return }
                            continue
                        }
                        do {
                            try await self.lookUp(batch, on: connection)
                        } catch {
                            self.fail(batch)
                            throw error
                        }
                    }
                }
            } catch {
                if Task.isCancelled { return }
                logger.warning("Callers can't be looked up", metadata: ["error": "\(error)"])
                fail(
                    state.withLock { state in
                        defer { state.waiting = [] }
                        return state.waiting
                    })
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// What waits and is still waited for; nothing, and the ringer is noted down, when there is none.
    private func take(else ringer: AsyncStream<Void>.Continuation) -> [Asking] {
        state.withLock { state in
            let now = NIODeadline.now()
            var batch: [Asking] = []
            var taken = 0
            while taken < state.waiting.count, batch.count < Self.most {
                if state.waiting[taken].deadline > now { batch.append(state.waiting[taken]) }
                taken += 1
            }
            state.waiting.removeFirst(taken)
            if batch.isEmpty { state.idle.append(ringer) }
            return batch
        }
    }

    private func lookUp(_ batch: [Asking], on connection: Connection) async throws {
        for (tenant, asked) in Dictionary(grouping: batch, by: \.routes.id) {
            let routes = asked[0].routes
            let cards = try await NumberLookup.cards(
                Array(Set(asked.map(\.number))), tenant: tenant, rulings: routes.rulings, policy: routes.policy,
                scope: routes.versions.scope
            ) { try await connection.pipeline($0) }
            var answers: [(Asking, CallerFacts)] = []
            for asking in asked {
                answers.append((asking, cards[asking.number]?.facts(people: asking.routes.people) ?? .unknown))
            }
            deliver(answers)
        }
    }

    /// One hop for each loop.
    private func deliver(_ answers: [(Asking, CallerFacts)]) {
        for (_, answers) in Dictionary(grouping: answers, by: { ObjectIdentifier($0.0.pending.eventLoop) }) {
            answers[0].0.pending.eventLoop.execute {
                for (asking, facts) in answers { asking.pending.value.resolve(facts, .rule) }
            }
        }
    }

    private func fail(_ batch: [Asking]) {
        for asking in batch { asking.pending.eventLoop.execute { asking.pending.value.resolve(nil, .lookupFailed) } }
    }
}
