/// The job table as it should be, in memory. Its operations are those of the schema's functions, on plain values.
struct JobModel {
    enum Place: String {
        case ready, running, later, waiting, done, dead
    }

    struct Entry {
        var place: Place
        var seq: Int64 = 0
        let kind: String
        let tenant: Int32
        let lane: Int16
        let key: String?
        let unique: String?
        let maxAttempts: Int
        var attempts = 0
        var isSolo = false
        var worker: Int32?
        var isHeld = false
        /// Keeps its key while it stands in later.
        var hasKey = false
    }

    struct Line: Hashable {
        var tenant: Int32
        var key: String
    }

    private(set) var jobs: [Int64: Entry] = [:]
    /// Who has each key.
    private(set) var holders: [Line: Int64] = [:]
    /// Who waits for it, in order.
    private(set) var lines: [Line: [Int64]] = [:]
    private(set) var uniques: [String: Int64] = [:]
    var pausedKinds: Set<String> = []
    var pausedTenants: Set<Int32> = []

    func isPaused(_ job: Entry) -> Bool { pausedKinds.contains(job.kind) || pausedTenants.contains(job.tenant) }

    private func uniqueName(_ job: Entry) -> String? { job.unique.map { "\(job.tenant) \(job.kind) \($0)" } }

    func owner(ofUnique unique: String, kind: String, tenant: Int32) -> Int64? { uniques["\(tenant) \(kind) \(unique)"] }

    mutating func add(_ id: Int64, _ job: Entry, newestOnly: Bool, later: Bool) {
        jobs[id] = job
        if let name = uniqueName(job) { uniques[name] = id }
        if later {
            jobs[id]!.place = .later
            return
        }
        join(id)
        if newestOnly, let key = job.key {
            let line = Line(tenant: job.tenant, key: key)
            for older in lines[line] ?? [] where older != id && older < id && jobs[older]!.kind == job.kind {
                lines[line]!.removeAll { $0 == older }
                end(older, .done)
            }
        }
    }

    private mutating func join(_ id: Int64) {
        jobs[id]!.hasKey = false
        guard let key = jobs[id]!.key else {
            jobs[id]!.place = .ready
            return
        }
        let line = Line(tenant: jobs[id]!.tenant, key: key)
        if holders[line] == nil {
            holders[line] = id
            jobs[id]!.place = .ready
        } else {
            lines[line, default: []].append(id)
            jobs[id]!.place = .waiting
        }
    }

    private mutating func end(_ id: Int64, _ place: Place) {
        jobs[id]!.place = place
        jobs[id]!.worker = nil
        if let name = uniqueName(jobs[id]!), uniques[name] == id { uniques[name] = nil }
    }

    private mutating func passKey(of id: Int64) {
        guard let key = jobs[id]!.key else { return }
        let line = Line(tenant: jobs[id]!.tenant, key: key)
        guard holders[line] == id else { return }
        holders[line] = nil
        guard var waiting = lines[line], !waiting.isEmpty else { return }
        let next = waiting.removeFirst()
        lines[line] = waiting
        holders[line] = next
        jobs[next]!.place = .ready
    }

    /// A claim gave a job to a worker, or put it off for a pause. Says what is wrong with that.
    mutating func claimed(_ id: Int64, by worker: Int32, isHeld: Bool) -> String? {
        guard let job = jobs[id] else { return "claimed \(id), which nobody enqueued" }
        guard job.place == .ready else { return "claimed \(id), which is \(job.place)" }
        guard isPaused(job) == isHeld else { return "claimed \(id) with held \(isHeld), paused \(isPaused(job))" }
        if isHeld {
            jobs[id]!.place = .later
            jobs[id]!.isHeld = true
            jobs[id]!.hasKey = job.key != nil
        } else {
            jobs[id]!.place = .running
            jobs[id]!.worker = worker
        }
        return nil
    }

    mutating func completed(_ id: Int64) {
        jobs[id]!.attempts += 1
        end(id, .done)
        passKey(of: id)
    }

    mutating func failed(_ id: Int64, _ outcome: String, counts: Bool, solo: Bool) {
        jobs[id]!.attempts += counts ? 1 : 0
        jobs[id]!.isSolo = jobs[id]!.isSolo || solo
        jobs[id]!.worker = nil
        switch outcome {
        case "retry" where jobs[id]!.attempts < jobs[id]!.maxAttempts, "snooze":
            jobs[id]!.place = .later
            jobs[id]!.hasKey = jobs[id]!.key != nil
        case "return": jobs[id]!.place = .ready
        default:
            end(id, outcome == "cancel" ? .done : .dead)
            passKey(of: id)
        }
    }

    /// The jobs of workers that are gone.
    mutating func rescued(from worker: Int32) {
        for (id, job) in jobs where job.place == .running && job.worker == worker {
            let wasSolo = job.isSolo
            jobs[id]!.attempts += 1
            jobs[id]!.isSolo = true
            jobs[id]!.worker = nil
            if jobs[id]!.attempts >= job.maxAttempts {
                end(id, .dead)
                passKey(of: id)
            } else if wasSolo {
                jobs[id]!.place = .later
                jobs[id]!.hasKey = job.key != nil
            } else {
                jobs[id]!.place = .ready
            }
        }
    }

    mutating func left(_ worker: Int32) {
        for (id, job) in jobs where job.place == .running && job.worker == worker {
            jobs[id]!.place = .ready
            jobs[id]!.worker = nil
        }
    }

    /// Everything that waits for a time is due. Those with a key that they have not got join in the order of tenant, key, time.
    mutating func promoted(joining order: [Int64]) {
        for (id, job) in jobs where job.place == .later && !job.isHeld && (job.key == nil || job.hasKey) {
            jobs[id]!.place = .ready
        }
        for id in order { join(id) }
    }

    /// Jobs that would join by `promoted`.
    var joining: [Int64] {
        jobs.filter { $0.value.place == .later && !$0.value.isHeld && $0.value.key != nil && !$0.value.hasKey }.keys.sorted()
    }

    mutating func resumed() {
        for (id, job) in jobs where job.place == .later && job.isHeld && !isPaused(job) { jobs[id]!.isHeld = false }
    }

    mutating func cancelled(_ ids: [Int64]) {
        // All are taken away first, then keys are passed on.
        var passing: [Int64] = []
        for id in ids {
            guard let job = jobs[id], [.ready, .later, .waiting, .dead].contains(job.place) else { continue }
            if job.place == .waiting, let key = job.key { lines[Line(tenant: job.tenant, key: key)]!.removeAll { $0 == id } }
            if job.place == .ready || job.hasKey { passing.append(id) }
            end(id, .done)
        }
        for id in passing { passKey(of: id) }
    }

    /// Whether a dead job may begin again.
    mutating func retriedDead(_ id: Int64) -> Bool {
        guard let job = jobs[id], job.place == .dead else { return false }
        if let name = uniqueName(job) {
            guard uniques[name] == nil else { return false }
            uniques[name] = id
        }
        jobs[id]!.attempts = 0
        jobs[id]!.isSolo = true
        join(id)
        return true
    }
}
