/// The lines of a queue that a worker knows to have jobs, and where in each it stands.
///
/// A line is a lane and a tenant. The worker looks for lines now and then (`hub.job_lines`) and claims from those it knows, each time
/// above the last job it got there: that low-water mark spares it the dead rows before, which can't be cleaned up while somebody holds an
/// old snapshot. A job that became visible below the mark, because its transaction was long, is seen by the next look.
struct ClaimLines {
    struct Line: Hashable {
        let lane: Int16
        let tenant: Int32
    }

    /// What to ask `hub.job_claim` for, line by line in order.
    struct Plan: Equatable {
        var lanes: [Int16] = []
        var tenants: [Int32] = []
        var lows: [Int64] = []
        var limits: [Int32] = []
        var thorough: [Bool] = []
        var most: Int32 = 0
    }

    /// Most lines in one claim.
    static let window = 64
    /// Fewest jobs to ask a line for: a tenant's turn should fill a handler's batch in part at least.
    static let leastShare = 16
    /// Every how many claims another lane than the first begins.
    static let ageing = 16

    private var marks: [Line: Int64] = [:]
    /// Lines that nothing was claimed from since the last look. The first claim after a look takes also jobs that another transaction touched
    /// and was rolled back; the others pass them by, because most such jobs are being claimed by other workers, and asking costs.
    private var fresh: Set<Line> = []
    /// Lines by lane, tenants in order.
    private var order: [[Line]] = []
    /// The tenant that was served last in each lane.
    private var served: [Int16: Int32] = [:]
    private var claims = 0

    var isEmpty: Bool { marks.isEmpty }

    /// Whether a line is known that is not among these.
    func hasOther(than full: Set<Line>) -> Bool {
        full.isEmpty ? !marks.isEmpty : marks.keys.contains { !full.contains($0) }
    }

    /// What a look found: lane, tenant, first order number.
    mutating func found(_ lines: [(lane: Int16, tenant: Int32, first: Int64)]) {
        marks = [:]
        for line in lines { marks[Line(lane: line.lane, tenant: line.tenant)] = line.first - 1 }
        fresh = Set(marks.keys)
        arrange()
    }

    private mutating func arrange() {
        let lanes = Set(marks.keys.map(\.lane)).sorted()
        order = lanes.map { lane in marks.keys.filter { $0.lane == lane }.sorted { $0.tenant < $1.tenant } }
    }

    /// Plans a claim of so many jobs, from lines that are not full.
    mutating func plan(_ demand: Int, full: Set<Line> = []) -> Plan {
        var plan = Plan()
        plan.most = Int32(demand)
        let order = full.isEmpty ? order : order.map { $0.filter { !full.contains($0) } }.filter { !$0.isEmpty }
        guard demand > 0, !order.isEmpty else { return plan }
        claims += 1
        let first = claims % Self.ageing == 0 ? claims / Self.ageing % order.count : 0
        for place in order.indices {
            let lines = order[(first + place) % order.count]
            let share = max(Self.leastShare, (demand + lines.count - 1) / lines.count)
            let start = served[lines[0].lane].map { last in lines.firstIndex { $0.tenant > last } ?? 0 } ?? 0
            for step in 0..<min(lines.count, Self.window - plan.lanes.count) {
                let line = lines[(start + step) % lines.count]
                plan.lanes.append(line.lane)
                plan.tenants.append(line.tenant)
                plan.lows.append(marks[line]!)
                plan.limits.append(Int32(min(share, demand)))
                plan.thorough.append(fresh.contains(line))
            }
        }
        return plan
    }

    /// What a claim gave: from each line of the plan, in its order, how many jobs and the highest order number.
    mutating func claimed(_ plan: Plan, _ counts: [Line: (jobs: Int, last: Int64)]) {
        var left = Int(plan.most)
        var exhausted = false
        for index in plan.lanes.indices where left > 0 {
            let line = Line(lane: plan.lanes[index], tenant: plan.tenants[index])
            let got = counts[line]?.jobs ?? 0
            left -= got
            fresh.remove(line)
            served[line.lane] = line.tenant
            if let last = counts[line]?.last { marks[line] = max(marks[line] ?? 0, last) }
            // The claim stopped inside this line when it had enough; else what the line did not give is not there.
            if got < Int(plan.limits[index]), left > 0 {
                marks[line] = nil
                exhausted = true
            }
        }
        if exhausted { arrange() }
    }
}
