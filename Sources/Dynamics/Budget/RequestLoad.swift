import Foundation

/// Requests whose web server is not known yet: in flight, or about to be.
struct RequestLoad: Sendable, Hashable {
    var count = 0
    var seconds = 0.0
    /// The sum of the squares of the single costs, for their spread.
    var squares = 0.0

    mutating func add(_ cost: Double) {
        count += 1
        seconds += cost
        squares += cost * cost
    }

    mutating func remove(_ cost: Double) {
        count -= 1
        seconds = max(0, seconds - cost)
        squares = max(0, squares - cost * cost)
        if count <= 0 { self = RequestLoad() }
    }

    static func + (a: Self, b: Self) -> Self {
        Self(count: a.count + b.count, seconds: a.seconds + b.seconds, squares: a.squares + b.squares)
    }
}

/// How likely it is that requests which choose their web server at random fill one up.
enum ServerOdds {
    /// The probability that the share of `load` that lands on one of `servers` reaches `room`.
    static func fills(_ room: Double, sum: Double, squares: Double, servers: Int) -> Double {
        guard room > 0 else { return 1 }
        let n = Double(max(1, servers))
        let spread = (squares / n * (1 - 1 / n)).squareRoot()
        let mean = sum / n
        guard spread > 1e-9 else { return mean >= room ? 1 : 0 }
        return 0.5 * erfc((room - mean) / spread / 2.0.squareRoot())
    }
}
