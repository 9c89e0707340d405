/// How many jobs to claim: enough to keep the slots busy until the next batch is there, and no more, since what one worker holds others
/// can't begin.
struct ClaimPace {
    let most: Int
    /// Jobs finished per second and seconds per batch, smoothed.
    private var rate = 0.0
    private var cycle = 0.002
    private var last = ContinuousClock.now
    private var empty = 0

    init(most: Int) { self.most = most }

    /// Jobs to hold beyond those that run.
    private var ahead: Int { Int((rate * cycle * 2).rounded(.up)) }

    func demand(_ glance: Slots.Glance, most held: Int) -> Int {
        let wanted = glance.room + ahead - glance.startable
        // What can't begin is bounded line by line, so that it does not keep others' jobs away.
        return max(0, min(wanted, most, held - (glance.buffered - glance.waiting.values.reduce(0, +))))
    }

    /// Whether the buffer won't last until the next batch.
    func isLow(_ glance: Slots.Glance) -> Bool { glance.startable <= glance.room + ahead / 2 }

    mutating func worked(jobs: Int, in time: Duration) {
        let now = ContinuousClock.now
        let passed = (now - last) / .seconds(1)
        last = now
        cycle += (time / .seconds(1) - cycle) * 0.2
        if passed > 0 { rate += (Double(jobs) / passed - rate) * 0.3 }
    }

    /// Lines were there and gave nothing: others were quicker. Look again a little later.
    mutating func claimed(_ jobs: Int) { empty = jobs == 0 ? min(empty + 1, 4) : 0 }

    var contention: Duration { empty == 0 ? .zero : .milliseconds(2 << empty) }
}
