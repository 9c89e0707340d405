/// Counts and execution times of the last so many seconds, in 300 steps.
struct SlidingWindow {
    private struct Bucket {
        var step: Int
        var requests: Int
        var execution: Double
    }

    let length: Double
    private var buckets: [Bucket] = []
    private var head = 0
    private(set) var requests = 0
    private(set) var execution = 0.0

    init(length: Double) {
        self.length = length
    }

    private var width: Double { length / 300 }

    mutating func add(requests: Int, execution: Double, at now: Double) {
        slide(to: now)
        let step = Int(now / width)
        if let last = buckets.last, last.step >= step {
            buckets[buckets.count - 1].requests += requests
            buckets[buckets.count - 1].execution += execution
        } else {
            buckets.append(Bucket(step: step, requests: requests, execution: execution))
        }
        self.requests += requests
        self.execution += execution
    }

    /// Forgets what is older than the window.
    mutating func slide(to now: Double) {
        let oldest = Int(now / width) - 300
        while head < buckets.count, buckets[head].step <= oldest {
            requests -= buckets[head].requests
            execution -= buckets[head].execution
            head += 1
        }
        if head == buckets.count {
            buckets.removeAll(keepingCapacity: true)
            head = 0
            execution = 0
        } else if head > 512 {
            buckets.removeFirst(head)
            head = 0
        }
    }

    /// Seconds until there is room under both limits, when nothing comes in the meantime.
    func wait(requests limit: Int, execution timeLimit: Double, at now: Double) -> Double {
        var requests = requests
        var execution = execution
        for bucket in buckets[head...] {
            if requests < limit, execution < timeLimit { return 0 }
            requests -= bucket.requests
            execution -= bucket.execution
            if requests < limit, execution < timeLimit {
                return max(0, Double(bucket.step + 300) * width + width - now)
            }
        }
        return 0
    }
}
