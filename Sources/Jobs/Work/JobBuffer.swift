/// Jobs that are claimed and not begun: gives them out in batches for one handler call each.
///
/// A batch is of one kind, lane and tenant. Lanes go in order; within a lane, kinds and tenants take turns. A job that is to run alone is
/// a batch by itself.
struct JobBuffer {
    struct Group: Hashable {
        /// Index of the handler.
        let handler: Int
        let lane: Lane
        let tenant: Int32
    }

    private var jobs: [Group: Fifo<Job>] = [:]
    /// For each lane the groups that have jobs, in the order of their turns.
    private var turns = [Fifo<Group>](repeating: Fifo(), count: Lane.allCases.count)
    /// Jobs of each handler.
    private(set) var counts: [Int]
    private(set) var count = 0

    init(handlers: Int) { counts = Array(repeating: 0, count: handlers) }

    mutating func append(_ job: Job, handler: Int) {
        let group = Group(handler: handler, lane: job.lane, tenant: job.tenant)
        if jobs[group]?.append(job) == nil {
            var fifo = Fifo<Job>()
            fifo.append(job)
            jobs[group] = fifo
            turns[Int(job.lane.rawValue)].append(group)
        }
        counts[handler] += 1
        count += 1
    }

    /// The next batch that `mayRun` allows, which gets a group and how many jobs it has; nil when there is none.
    mutating func next(batchSizes: [Int], mayRun: (Group, Int) -> Bool) -> (group: Group, jobs: [Job])? {
        guard count > 0 else { return nil }
        for lane in turns.indices {
            for _ in 0..<turns[lane].count {
                let group = turns[lane].popFirst()!
                guard mayRun(group, jobs[group]!.count) else {
                    turns[lane].append(group)
                    continue
                }
                let batch = take(group, atMost: batchSizes[group.handler])
                if jobs[group] != nil { turns[lane].append(group) }
                return (group, batch)
            }
        }
        return nil
    }

    private mutating func take(_ group: Group, atMost most: Int) -> [Job] {
        var batch: [Job] = []
        while batch.count < most, let job = jobs[group]!.first {
            if job.isSolo, !batch.isEmpty { break }
            _ = jobs[group]!.popFirst()
            batch.append(job)
            if job.isSolo { break }
        }
        if jobs[group]!.isEmpty { jobs[group] = nil }
        counts[group.handler] -= batch.count
        count -= batch.count
        return batch
    }

    /// Each group with the number of its jobs.
    func forEach(_ body: (Group, Int) -> Void) {
        for (group, fifo) in jobs { body(group, fifo.count) }
    }

    /// Takes everything out.
    mutating func removeAll() -> [Job] {
        var all: [Job] = []
        for key in jobs.keys { all += jobs[key]!.removeAll() }
        self = JobBuffer(handlers: counts.count)
        return all
    }
}
