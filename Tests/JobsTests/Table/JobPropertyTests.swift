import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// Random operations on the table and on a model of it; after each, every job stands where the model says, in one place only.
///
/// Operations of all kinds are cut at random: before the commit (nothing happened) and after it (it happened, and who asked does not know).
/// A failure names the seed and the step; `TRUNKLINE_TEST_SEED` repeats a seed, `TRUNKLINE_TEST_STEPS` takes more steps.
@Suite(.database) struct JobPropertyTests {
    static var seeds: [UInt64] {
        ProcessInfo.processInfo.environment["TRUNKLINE_TEST_SEED"].flatMap(UInt64.init).map { [$0] } ?? [1, 2, 3, 4, 5, 6]
    }
    static var steps: Int { ProcessInfo.processInfo.environment["TRUNKLINE_TEST_STEPS"].flatMap(Int.init) ?? 250 }

    @Test(arguments: seeds) func theTableDoesWhatTheModelDoes(seed: UInt64) async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 2)
        var run = PropertyRun(database: database, seed: seed)
        for step in 1...Self.steps {
            do {
                try await run.step()
                try await run.compare()
            } catch {
                Issue.record("seed \(seed), step \(step): \(run.last): \(String(reflecting: error))")
                break
            }
        }
        await database.close()
    }
}

struct Difference: Error, CustomStringConvertible {
    let description: String
}

struct PropertyRun {
    let database: Database
    let table: JobTable
    var random: SeededGenerator
    var model = JobModel()
    /// What each worker believes to hold.
    var workers: [Int32: [JobTable.Claim]] = [:]
    /// Claims whose jobs went back to others.
    var stale: [(worker: Int32, claim: JobTable.Claim)] = []
    /// Workers that stopped beating and were not found yet.
    var last = ""

    init(database: Database, seed: UInt64) {
        self.database = database
        table = JobTable(database)
        random = SeededGenerator(seed: seed)
    }

    private struct Cut: Error {}

    /// Does an operation in a transaction. Now and then it is cut before its commit: nothing has happened, and the answer is nil. Now
    /// and then the answer is lost behind the commit: who asked does not know, and does what `unheard` says. Unless that is something
    /// else, it asks again, which must change nothing more.
    private mutating func attempt<R: Sendable>(
        _ body: @Sendable (JobTable) async throws -> R, unheard: ((R) async throws -> Void)? = nil
    ) async throws -> R? {
        let fate = Int.random(in: 0..<12, using: &random)
        let answer: R
        do {
            answer = try await database.withTransaction { connection in
                let result = try await body(JobTable(connection))
                if fate == 0 { throw Cut() }
                return result
            }
        } catch is Cut {
            last += " (cut)"
            return nil
        }
        if fate == 1 {
            last += " (answer lost)"
            if let unheard { try await unheard(answer) } else { _ = try await body(table) }
        }
        return answer
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: try await add()
        case 30..<50: try await claim()
        case 50..<68: try await finish()
        case 68..<72: try await finishStale()
        case 72..<75: try await kill()
        case 75..<77: try await leave()
        case 77..<83: try await promote()
        case 83..<87: try await pause()
        case 87..<90: try await resume()
        case 90..<93: try await cancel()
        case 93..<97: try await retry()
        case 97..<98: try await compact()
        default: try await recover()
        }
    }

    private mutating func add() async throws {
        let tenant = Int32.random(in: 1...3, using: &random)
        let kind = ["a", "b"].randomElement(using: &random)!
        let key: String? = Bool.random(using: &random) ? ["x", "y", "z"].randomElement(using: &random)! : nil
        let newestOnly = Int.random(in: 0..<4, using: &random) == 0
        let unique: String? = Int.random(in: 0..<5, using: &random) == 0 ? ["u", "v"].randomElement(using: &random)! : nil
        let lane = Int16.random(in: 0...3, using: &random)
        let later = Int.random(in: 0..<6, using: &random) == 0
        let most = Int16.random(in: 1...4, using: &random)
        last = "add \(kind) tenant \(tenant) key \(key ?? "-") newest \(newestOnly) unique \(unique ?? "-") later \(later)"
        let enqueue: @Sendable (JobTable) async throws -> Int64 = {
            try await $0.add(
                kind, tenant: tenant, key: key, newestOnly: newestOnly, unique: unique, lane: lane,
                inSeconds: later ? 5000 : nil, attempts: most)
        }
        var ids: [Int64] = []
        // Asked again, an enqueue without a unique key adds another job.
        guard let first = try await attempt(enqueue, unheard: { [table] _ in ids = [try await enqueue(table)] }) else { return }
        ids.insert(first, at: 0)
        for id in ids {
            if let unique, let owner = model.owner(ofUnique: unique, kind: kind, tenant: tenant) {
                guard owner == id else { throw Difference(description: "unique \(unique) is \(owner)'s, not \(id)'s") }
                continue
            }
            let job = JobModel.Entry(
                place: .ready, kind: kind, tenant: tenant, lane: lane, key: key, unique: unique, maxAttempts: Int(most))
            model.add(id, job, newestOnly: newestOnly, later: later)
        }
    }

    private mutating func worker() async throws -> Int32 {
        if workers.count < 3 {
            let worker = try await table.enter()
            workers[worker] = []
            return worker
        }
        return workers.keys.sorted().randomElement(using: &random)!
    }

    private mutating func claim() async throws {
        let worker = try await worker()
        let most = Int32.random(in: 1...6, using: &random)
        let each = Int32.random(in: 1...3, using: &random)
        last = "claim \(most), \(each) a line, by \(worker)"
        // Jobs of a lost answer are held by a worker that doesn't know; `recover` tells it.
        var isHeard = true
        guard let claims = try await attempt({ try await $0.claim(worker, most, each: each) }, unheard: { _ in isHeard = false })
        else { return }
        guard claims.count <= Int(most) else { throw Difference(description: "claimed \(claims.count)") }
        let byLine = Dictionary(grouping: claims) { "\($0.lane) \($0.tenant)" }
        guard byLine.values.allSatisfy({ $0.count <= Int(each) }) else {
            throw Difference(description: "a line gave more than \(each)")
        }
        for claim in claims {
            guard Int(claim.attempts) == model.jobs[claim.id]?.attempts else {
                throw Difference(description: "attempts of \(claim.id)")
            }
            if let wrong = model.claimed(claim.id, by: worker, isHeld: claim.isHeld) { throw Difference(description: wrong) }
        }
        let held = claims.filter { !$0.isHeld }
        if isHeard { workers[worker]! += held }
    }

    private mutating func finish() async throws {
        guard let worker = workers.filter({ !$0.value.isEmpty }).keys.sorted().randomElement(using: &random) else { return }
        var claims = workers[worker]!.shuffled(using: &random)
        claims = Array(claims.prefix(Int.random(in: 1...claims.count, using: &random)))
        let outcome = ["done", "done", "done", "retry", "retry", "dead", "snooze", "return", "cancel"].randomElement(
            using: &random)!
        let (counts, solo) = (
            outcome == "retry" && Int.random(in: 0..<4, using: &random) > 0 || outcome == "dead", Bool.random(using: &random)
        )
        last = "\(outcome) \(claims.map(\.id)) by \(worker)"
        let write: @Sendable (JobTable) async throws -> [Int64] = { [claims] table in
            if outcome == "done" { return try await table.complete(worker, claims) }
            return try await table.fail(worker, claims, outcome, counts: counts, solo: solo)
        }
        var second: [Int64]?
        guard let refused = try await attempt(write, unheard: { [table] _ in second = try await write(table) }) else { return }
        guard refused.isEmpty else { throw Difference(description: "refused \(refused)") }
        if let second, Set(second) != Set(claims.map(\.id)) {
            throw Difference(description: "asked again, it refused \(second) only")
        }
        for claim in claims {
            if outcome == "done" {
                model.completed(claim.id)
            } else {
                model.failed(claim.id, outcome, counts: counts, solo: solo)
            }
        }
        workers[worker]!.removeAll { held in claims.contains { $0.seq == held.seq } }
        stale += claims.map { (worker, $0) }
    }

    /// A finish under a token that is over: nothing happens and it is said so.
    private mutating func finishStale() async throws {
        guard let (worker, claim) = stale.randomElement(using: &random) else { return }
        last = "finish \(claim.id) again under \(claim.seq)"
        let refused =
            Bool.random(using: &random)
            ? try await table.complete(worker, [claim]) : try await table.fail(worker, [claim], "dead")
        guard refused == [claim.id] else { throw Difference(description: "accepted a stale finish of \(claim.id)") }
    }

    /// A worker dies, its lease runs out, and it is found.
    private mutating func kill() async throws {
        guard let worker = workers.keys.sorted().randomElement(using: &random) else { return }
        last = "kill \(worker)"
        try await table.expire(worker)
        guard try await attempt({ try await $0.script("SELECT hub.job_rescue()") }) != nil else {
            try await table.script("UPDATE hub.worker SET expires_at = now() + lease WHERE worker_id = $1", [worker])
            return
        }
        model.rescued(from: worker)
        stale += workers.removeValue(forKey: worker)!.map { (worker, $0) }
    }

    private mutating func leave() async throws {
        guard let worker = workers.keys.sorted().randomElement(using: &random) else { return }
        last = "leave \(worker)"
        guard try await attempt({ try await $0.script("SELECT hub.job_leave($1)", [worker]) }) != nil else { return }
        model.left(worker)
        stale += workers.removeValue(forKey: worker)!.map { (worker, $0) }
    }

    /// A worker asks what it holds, after an answer was lost.
    private mutating func recover() async throws {
        guard let worker = workers.keys.sorted().randomElement(using: &random) else { return }
        last = "recover \(worker)"
        let held = try await table.run(
            "SELECT id, seq, tenant_id, lane, attempts, solo, key FROM hub.job_held_by($1) ORDER BY id", [worker]
        )
        .map { row in
            let (id, seq, tenant, lane, attempts, solo, key) = try row.decode(
                Int64.self, Int64.self, Int32.self, Int16.self, Int16.self, Bool.self, String?.self)
            return JobTable.Claim(
                id: id, seq: seq, tenant: tenant, lane: lane, attempts: attempts, isSolo: solo, isHeld: false, key: key)
        }
        guard Set(held.map(\.seq)).isSuperset(of: workers[worker]!.map(\.seq)) else {
            throw Difference(description: "a lease is gone")
        }
        workers[worker] = held
    }

    private mutating func promote() async throws {
        last = "time passes, promote"
        try await table.jump()
        let joining = model.joining
        let order = try await table.run(
            "SELECT id FROM hub.job_later WHERE id = ANY ($1) ORDER BY tenant_id, key, run_at, id", [joining]
        ).map { try $0.decode(Int64.self) }
        guard try await attempt({ try await $0.script("SELECT hub.job_promote()") }) != nil else {
            try await table.script("UPDATE hub.job_later SET run_at = run_at + interval '1 day' WHERE run_at < 'infinity'")
            return
        }
        model.promoted(joining: order)
    }

    private mutating func pause() async throws {
        if Bool.random(using: &random) {
            let kind = ["a", "b"].randomElement(using: &random)!
            last = "pause \(kind)"
            guard try await attempt({ try await $0.script("SELECT hub.job_hold($1, NULL, 'test')", [kind]) }) != nil else {
                return
            }
            model.pausedKinds.insert(kind)
        } else {
            let tenant = Int32.random(in: 1...3, using: &random)
            last = "pause tenant \(tenant)"
            guard try await attempt({ try await $0.script("SELECT hub.job_hold(NULL, $1, 'test')", [tenant]) }) != nil else {
                return
            }
            model.pausedTenants.insert(tenant)
        }
    }

    private mutating func resume() async throws {
        last = "resume"
        if let kind = model.pausedKinds.sorted().randomElement(using: &random) {
            guard try await attempt({ try await $0.script("SELECT hub.job_resume($1, NULL)", [kind]) }) != nil else { return }
            model.pausedKinds.remove(kind)
        }
        if let tenant = model.pausedTenants.sorted().randomElement(using: &random) {
            guard try await attempt({ try await $0.script("SELECT hub.job_resume(NULL, $1)", [tenant]) }) != nil else {
                model.resumed()
                return
            }
            model.pausedTenants.remove(tenant)
        }
        model.resumed()
    }

    private mutating func cancel() async throws {
        let ids = Array(model.jobs.keys.sorted().shuffled(using: &random).prefix(4))
        last = "cancel \(ids)"
        guard try await attempt({ try await $0.script("SELECT hub.job_cancel($1, 'test')", [ids]) }) != nil else { return }
        model.cancelled(ids)
    }

    private mutating func retry() async throws {
        guard let id = model.jobs.filter({ $0.value.place == .dead }).keys.sorted().randomElement(using: &random) else { return }
        last = "retry \(id)"
        guard
            let retried = try await attempt({
                try await $0.value("SELECT hub.job_retry(ARRAY[$1]::bigint[])", [id], as: [Int64].self)
            })
        else { return }
        guard model.retriedDead(id) == (retried == [id]) else { throw Difference(description: "retried \(retried)") }
    }

    private mutating func compact() async throws {
        last = "compact"
        _ = try await attempt { try await $0.script("SELECT count(*) FROM hub.job_compact(true)") }
    }

    /// Every job, every key and every unique key as the model has it; each job in one place.
    func compare() async throws {
        let rows = try await table.run(
            """
            SELECT 'ready', id, attempts, solo, NULL::integer, false FROM hub.job_ready
            UNION ALL SELECT 'running', id, attempts, solo, worker_id, false FROM hub.job_lease
            UNION ALL SELECT 'later', id, attempts, solo, NULL, run_at = 'infinity' FROM hub.job_later
            UNION ALL SELECT 'waiting', id, attempts, solo, NULL, false FROM hub.job_wait
            UNION ALL SELECT 'dead', id, attempts, solo, NULL, false FROM hub.job_dead
            UNION ALL SELECT 'done', id, attempts, false, NULL, false FROM hub.job_done
            """, [])
        var seen: Set<Int64> = []
        for row in rows {
            let (place, id, attempts, solo, worker, isHeld) = try row.decode(
                String.self, Int64.self, Int16.self, Bool.self, Int32?.self, Bool.self)
            guard seen.insert(id).inserted else { throw Difference(description: "job \(id) is in two places") }
            guard let job = model.jobs[id] else { throw Difference(description: "job \(id) came from nowhere") }
            guard job.place.rawValue == place else {
                throw Difference(description: "job \(id) is \(place), should be \(job.place)")
            }
            guard job.attempts == Int(attempts) else {
                throw Difference(description: "job \(id) has \(attempts) attempts, not \(job.attempts)")
            }
            guard place == "done" || job.isSolo == solo else { throw Difference(description: "job \(id) solo \(solo)") }
            guard job.worker == worker else { throw Difference(description: "job \(id) is held by \(worker as Int32?)") }
            guard place != "later" || job.isHeld == isHeld else { throw Difference(description: "job \(id) held \(isHeld)") }
        }
        guard seen.count == model.jobs.count else {
            throw Difference(description: "lost: \(Set(model.jobs.keys).subtracting(seen).sorted())")
        }
        let keys = try await table.run("SELECT tenant_id, key, holder FROM hub.job_key", []).map { row in
            let (tenant, key, holder) = try row.decode(Int32.self, String.self, Int64?.self)
            return (JobModel.Line(tenant: tenant, key: key), holder)
        }
        guard Dictionary(uniqueKeysWithValues: keys.map { ($0.0, $0.1 ?? -1) }) == model.holders else {
            throw Difference(description: "keys \(keys), should be \(model.holders)")
        }
        let waiting = try await table.run("SELECT tenant_id, key, array_agg(id ORDER BY seq) FROM hub.job_wait GROUP BY 1, 2", [])
            .map { row in
                let (tenant, key, ids) = try row.decode(Int32.self, String.self, [Int64].self)
                return (JobModel.Line(tenant: tenant, key: key), ids)
            }
        guard Dictionary(uniqueKeysWithValues: waiting) == model.lines.filter({ !$0.value.isEmpty }) else {
            throw Difference(description: "lines \(waiting), should be \(model.lines)")
        }
        let uniques = try await table.value("SELECT count(*) FROM hub.job_unique", as: Int64.self)
        guard Int(uniques) == model.uniques.count else {
            throw Difference(description: "\(uniques) unique keys, not \(model.uniques.count)")
        }
    }
}
