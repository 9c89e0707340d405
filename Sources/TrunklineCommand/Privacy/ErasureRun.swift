import Foundation
import Operations
import Postgres
import Privacy

/// Erases a number, step by step. May be killed at any moment and run again: the erasure that is under way goes on, and what was done is done.
struct ErasureRun: Sendable {
    let store: ErasureStore
    let finder: NumberFinder
    let key: PrivacyKey
    let who: String
    let why: String
    let keepsDynamics: Bool
    /// How long is waited for others: for transactions to end, and for phone calls to be looked after.
    let patience: Duration
    /// Hears of each step. What it throws ends the run.
    let tell: @Sendable (Step) throws -> Void

    enum Step: Sendable, Hashable {
        case begun(UUID)
        case clear
        case day(String, of: String)
        case directory
        case routing
        case enqueued
        case dynamics(settled: Int, of: Int)
        case swept(String)
        case looked
    }

    init(
        database: Database, tenant: Tenant, number: ErasableNumber, key: PrivacyKey, who: String, why: String,
        keepsDynamics: Bool = false, patience: Duration = .seconds(600),
        tell: @escaping @Sendable (Step) throws -> Void = { _ in }
    ) {
        store = ErasureStore(database: database, tenant: tenant, number: number)
        finder = NumberFinder(database: database, tenant: tenant, number: number, tokens: store.lines().map(\.key))
        self.key = key
        self.who = who
        self.why = why
        self.keepsDynamics = keepsDynamics
        self.patience = patience
        self.tell = tell
    }

    /// - Throws: `OperatorError`, among other things when others were waited for in vain; the erasure stays under way then.
    func run() async throws -> ErasureReceipt {
        let (erasure, begunBy) = try await store.begin(key, who: who, why: why, keepsDynamics: keepsDynamics)
        try tell(.begun(erasure))
        try await clear(begunBy)
        try await tables(erasure)
        // What began before the tables were changed may have written since.
        try await clear(try await store.mark())
        try await sweep(erasure)
        return try await store.finish(erasure, key, who: who)
    }

    private func clear(_ begunBy: String) async throws {
        try await wait("a transaction has been open for long: `trunkline doctor` names it") { try await store.isClear(begunBy) }
        try tell(.clear)
    }

    private func tables(_ erasure: UUID) async throws {
        for day in try await store.callDays() where try await store.calls(of: day, erasure) > 0 {
            try tell(.day(day, of: "call"))
        }
        let lines = store.lines()
        for day in try await store.callbackDays() where try await store.callbacks(of: day, erasure, lines: lines) > 0 {
            try tell(.day(day, of: "callback"))
        }
        try await gathered(erasure)
        try await store.enqueue(erasure)
        try tell(.enqueued)
        try await dynamics(erasure)
    }

    /// What is gathered from calls and requests, and what was decided about the number.
    private func gathered(_ erasure: UUID) async throws {
        _ = try await store.directory(erasure)
        try tell(.directory)
        _ = try await store.routing(erasure)
        try tell(.routing)
    }

    /// Waits until the programs have looked after every phone call.
    private func dynamics(_ erasure: UUID) async throws {
        let began = Date()
        var last: ErasureStore.Progress?
        try await wait("phone calls in Dynamics wait: see that call-sync and callback-sync run") {
            let progress = try await store.progress(erasure)
            if progress != last, progress.all > 0 { try tell(.dynamics(settled: progress.settled, of: progress.all)) }
            last = progress
            let died = try await store.died(since: began)
            guard died == 0 else {
                throw OperatorError.failed(
                    "\(died) phone calls could not be erased in Dynamics: see `trunkline jobs --state dead`, then give the same command again"
                )
            }
            return progress.waiting == 0
        }
    }

    /// Masks what is left in any table, until nothing is.
    private func sweep(_ erasure: UUID) async throws {
        var left: [String] = []
        for _ in 0..<3 {
            left = []
            try await gathered(erasure)
            for place in try await finder.places() where try await finder.count(in: place) > 0 {
                if ["call", "callback"].contains(place.table) { try await tables(erasure) }
                if try await store.texts(in: place, erasure, tokens: finder.tokens) > 0 { try tell(.swept(place.table)) }
                left.append(place.table)
            }
            if left.isEmpty {
                try tell(.looked)
                return
            }
        }
        throw OperatorError.failed(
            "the number keeps coming back in \(Set(left).sorted().joined(separator: ", ")): find out who writes it, then give the same command again"
        )
    }

    private func wait(_ trouble: String, until isDone: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(20)
        while try await !isDone() {
            guard ContinuousClock.now < deadline else {
                throw OperatorError.failed("\(trouble). The erasure stays under way: give the same command again to go on")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }
}
