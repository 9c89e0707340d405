extension BudgetLedger {
    /// The state of one grant: what is out already, and what has been added to it.
    struct Decision {
        private let limits: BudgetLimits
        private let pace: Pace
        private let servers: [(ledger: ServerLedger, seconds: Double, requests: Double)]
        private let now: Double
        private let others: RequestLoad
        private(set) var own: RequestLoad
        /// The most this instance may have out while others wait as well.
        var share = Int.max
        private var isHeldByRisk = false

        init(_ ledger: BudgetLedger, own: RequestLoad, others: RequestLoad, now: Double) {
            limits = ledger.limits
            pace = ledger.pace
            self.own = own
            self.others = others
            self.now = now
            servers = ledger.known(at: now).map {
                let left = $0.remaining(at: now, ledger.limits)
                return ($0, left.seconds, left.requests)
            }
        }

        /// Adds one request if it may go.
        mutating func admit(_ cost: Double, _ lane: BudgetLane) -> Bool {
            guard own.count + others.count < pace.limit - Self.reservedSlots(lane, of: pace.limit), own.count < share else {
                return false
            }
            if risk(lane, at: now) > limits.acceptedRisk {
                isHeldByRisk = true
                return false
            }
            own.add(cost)
            return true
        }

        /// Whether even the fullest server has a third of everything left.
        var hasPlenty: Bool {
            servers.allSatisfy {
                $0.seconds > limits.executionSeconds / 3 && $0.requests > Double(limits.requests) / 3
            }
        }

        /// What the less urgent lanes leave to a live call that may come any moment.
        private static func reserve(_ lane: BudgetLane) -> Double {
            switch lane {
            case .live, .callback: 0
            case .late: 0.02
            case .backfill: 0.05
            }
        }

        private static func reservedSlots(_ lane: BudgetLane, of limit: Int) -> Int {
            lane == .backfill ? min(limit - 1, max(1, limit / 10)) : 0
        }

        /// The probability that the next request meets a server that is full by then.
        private func risk(_ lane: BudgetLane, at time: Double) -> Double {
            let count = servers.count
            let load = own + others
            let reserve = Self.reserve(lane)
            let counted = limits.inFlightShare
            var risk = 0.0
            for server in servers {
                let left = time == now ? (server.seconds, server.requests) : server.ledger.remaining(at: time, limits)
                let seconds = left.0 - reserve * limits.executionSeconds
                let requests = left.1 - reserve * Double(limits.requests)
                risk += max(
                    ServerOdds.fills(
                        seconds, sum: counted * load.seconds, squares: counted * counted * load.squares, servers: count),
                    ServerOdds.fills(requests, sum: Double(load.count), squares: Double(load.count), servers: count))
            }
            let crowd = ServerOdds.fills(
                Double(limits.concurrency), sum: Double(load.count), squares: Double(load.count), servers: max(1, count))
            return max(risk / Double(max(1, count)), crowd)
        }

        /// When a request that is held back may go, should nothing else happen: when enough has left the window, or at the latest when news of
        /// other instances may have come.
        func askAgainIn(others: Bool) -> Double {
            let poll = max(limits.windowSeconds / (others ? 300 : 60), 0.02)
            if pace.blockedUntil > now { return max(pace.blockedUntil - now, 0.002) }
            guard isHeldByRisk else { return poll }
            var time = now
            for _ in 0..<40 {
                guard let next = nextExpiry(after: time), next - now < poll else { return poll }
                time = next + limits.windowSeconds / 3000
                if risk(.live, at: time) <= limits.acceptedRisk { break }
            }
            return min(poll, max(time - now, 0.005))
        }

        private func nextExpiry(after time: Double) -> Double? {
            servers.compactMap { $0.ledger.log.next(after: time - limits.windowSeconds) }.min().map { $0 + limits.windowSeconds }
        }
    }
}
