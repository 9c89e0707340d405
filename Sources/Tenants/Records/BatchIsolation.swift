package import Dynamics
package import Jobs

/// What an attempt came to for one record of a batch, as far as it tells whether the service is down.
package protocol BatchVerdict: Sendable {
    /// Set when the request that carried the record failed as a whole: whether it was written is unknown, and why says nothing about it.
    var lost: DynamicsFault? { get }
    /// Its record was written as others' are to be: what fails beside it may have itself to blame.
    var wrote: Bool { get }
    /// Dynamics has answered for it, whatever it said, so the service is up.
    var answered: Bool { get }
}

/// Looks for the record that makes whole requests fail, so that it takes no others along.
///
/// When requests of a batch fail as a whole, one of the records is tried alone. If that fails too, the service is taken to be down. If it
/// does not, the others are tried again in halves, until each is through or has failed alone.
///
/// What others of the batch came to is stored when all is over. So that a record whose requests hang until they time out does not keep them
/// for long, nothing is divided any more after a minute.
package struct BatchIsolation<Work: Sendable, Verdict: BatchVerdict>: Sendable {
    package let attempt: @Sendable ([Work]) async throws -> [Verdict]
    /// So many requests in a row may fail before it is given up: one record among 150 takes eight.
    private static var patience: Int { 10 }
    /// So long after records began to be tried apart they are divided no more.
    private static var limit: Duration { .seconds(60) }
    private let now: @Sendable () -> ContinuousClock.Instant

    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        attempt: @escaping @Sendable ([Work]) async throws -> [Verdict]
    ) {
        self.now = now
        self.attempt = attempt
    }

    package struct Result: Sendable {
        /// In the order of the works.
        package var verdicts: [Verdict]
        /// Indices of those whose last attempt was made alone and was lost.
        package var alone: Set<Int> = []
        package var wrote: Bool { verdicts.contains(where: \.wrote) }
    }

    /// - Parameter isSuspect: whether a lost record is tried once more now; else its job's next attempt is soon enough.
    package func run(_ works: [Work], isSuspect: (Work) -> Bool) async throws -> Result {
        var result = Result(verdicts: try await attempt(works))
        var suspects = works.indices.filter { result.verdicts[$0].lost != nil && isSuspect(works[$0]) }
        guard works.count > 1 else {
            if result.verdicts.first?.lost != nil { result.alone = [0] }
            return result
        }
        guard !suspects.isEmpty else { return result }
        let end = now() + Self.limit
        if !result.wrote {
            let probe = suspects.remove(at: Int.random(in: suspects.indices))
            try await again([probe], works, &result)
            if result.alone.contains(probe) { return result }
        }
        try await separate(suspects, works, until: end, &result)
        return result
    }

    private func separate(
        _ suspects: [Int], _ works: [Work], until end: ContinuousClock.Instant, _ result: inout Result
    ) async throws {
        var groups = Self.halves(suspects)
        var misses = 0
        while misses < Self.patience, let group = groups.popLast() {
            let lost = try await again(group, works, &result)
            misses = lost.count == group.count ? misses + 1 : 0
            guard now() < end else {
                // If the one that hangs was in the request that took so long, one more brings all others through.
                let others = groups.flatMap(\.self)
                if misses > 0, !others.isEmpty { try await again(others, works, &result) }
                return
            }
            if group.count > 1 { groups += Self.halves(lost) }
        }
    }

    @discardableResult
    private func again(_ group: [Int], _ works: [Work], _ result: inout Result) async throws -> [Int] {
        let verdicts = try await attempt(group.map { works[$0] })
        for (index, verdict) in zip(group, verdicts) { result.verdicts[index] = verdict }
        let lost = group.filter { result.verdicts[$0].lost != nil }
        if group.count == 1 { result.alone.formUnion(lost) }
        return lost
    }

    private static func halves(_ group: [Int]) -> [[Int]] {
        let middle = group.count / 2
        return [Array(group[..<middle]), Array(group[middle...])].filter { !$0.isEmpty }
    }
}

extension TenantHealth {
    /// Attempts a batch of writes. Records whose requests failed because the service is down rest without using up attempts, and
    /// `/health/ready` says so; one that makes requests fail which go well without it counts its attempts, and is handled alone from then on.
    ///
    /// - Parameters:
    ///   - isSuspect: as for ``BatchIsolation/run(_:isSuspect:)``.
    ///   - failed: the verdict of a record whose request failed as a whole.
    package func isolating<Work: Sendable, Verdict: BatchVerdict>(
        _ tenant: String, _ works: [Work], job: (Work) -> Job, isSuspect: (Work) -> Bool,
        failed: (Work, DynamicsFault, LostAttempt) -> Verdict, attempt: @escaping @Sendable ([Work]) async throws -> [Verdict]
    ) async throws -> [Verdict] {
        let began = ContinuousClock.now
        let result = try await BatchIsolation(attempt: attempt).run(works, isSuspect: isSuspect)
        var verdicts = result.verdicts
        let lost = verdicts.indices.filter { verdicts[$0].lost != nil }
        if result.wrote {
            witness.wrote(tenant)
        } else if lost.isEmpty, verdicts.contains(where: \.answered) {
            witness.answered(tenant)
        }
        let blamed = Set(
            lost.filter { result.alone.contains($0) && (witness.blames(job(works[$0]), of: tenant) || result.wrote) })
        let isDown = !result.wrote && blamed.count < lost.count
        let rest = isDown ? witness.failed(tenant, began: began) : .seconds(1)
        for index in lost {
            guard let fault = verdicts[index].lost else { continue }
            if isDown, !blamed.contains(index) { ill(tenant, fault) }
            verdicts[index] = failed(works[index], fault, blamed.contains(index) ? .blamed : .spared(rest: rest))
        }
        return verdicts
    }
}
