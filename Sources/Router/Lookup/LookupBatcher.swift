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
    }

    private struct State {
        var waiting: [Asking] = []
        var idle: [AsyncStream<Void>.Continuation] = []
    }

    private let database: Database
    private let workers: Int
    private let logger: Logger
    private let state = Mutex(State())

    /// Most numbers in one round trip.
    private static let most = 256

    /// - Parameter workers: round trips at once, each on a connection of its own.
    init(database: Database, workers: Int, logger: Logger) {
        (self.database, self.workers, self.logger) = (database, workers, logger)
    }

    /// Answers on the asking loop, some time.
    func ask(_ asking: Asking) {
        let bell = state.withLock { state in
            state.waiting.append(asking)
            return state.idle.popLast()
        }
        bell?.yield()
    }

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

    private func take(else ringer: AsyncStream<Void>.Continuation) -> [Asking] {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.idle.append(ringer)
                return []
            }
            let batch = Array(state.waiting.prefix(Self.most))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    private func lookUp(_ batch: [Asking], on connection: Connection) async throws {
        for (tenant, asked) in Dictionary(grouping: batch, by: \.routes.id) {
            let routes = asked[0].routes
            let cards = try await NumberLookup.cards(
                Array(Set(asked.map(\.number))), tenant: tenant, rulings: routes.rulings, scope: routes.versions.scope
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
