/// What an instance tells the shared ledger, and asks of it.
struct BudgetExchange: Sendable {
    struct Spend: Sendable, Hashable {
        var server: String
        /// Seconds before the exchange.
        var age: Double
        var seconds: Double
        var requests: Int
    }
    struct Statement: Sendable, Hashable {
        var server: String
        var age: Double
        var seconds: Double?
        var requests: Int?
    }
    struct Throttle: Sendable, Hashable {
        /// How long ago the refused request was sent.
        var sentAge: Double
        var age: Double
        var retryAfter: Double?
        /// Whether too many ran at once, or nobody said what was too much. A full window is what the account of each server is for.
        var narrows = true
    }

    var spends: [Spend] = []
    var statements: [Statement] = []
    var throttles: [Throttle] = []
    /// Answers that were no refusal.
    var successes = 0
    var parallelismHint: Int?
    var inFlight = RequestLoad()
    /// Costs of the requests that wait, in order, by lane.
    var waiting: [[Double]] = Array(repeating: [], count: BudgetLane.allCases.count)
    /// How many more to grant than wait now, when there is plenty, and what each may cost.
    var spare = (count: 0, seconds: 0.0)
}

/// What the ledger grants.
struct BudgetGrant: Sendable {
    /// How many of the waiting requests of each lane may go, first come first.
    var admitted: [Int] = Array(repeating: 0, count: BudgetLane.allCases.count)
    var spare = (count: 0, seconds: 0.0)
    /// When asking again is worth while, in seconds from now; nil when nothing was held back.
    var askAgainIn: Double?
    var figures = LedgerFigures()
}

/// What the ledger knows, for metrics.
struct LedgerFigures: Sendable, Hashable {
    var concurrencyLimit = 0
    var servers = 0
    /// On the fullest server.
    var remainingSeconds: Double?
    var remainingRequests: Double?
    var blockedSeconds = 0.0
}
