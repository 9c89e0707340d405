/// Which rows are being written, by which request and until when: two that overlap deadlock.
struct RowClaims {
    private struct Claim {
        var request: Int
        var from: Double
        var to: Double
    }

    private var claims: [Reference: Claim] = [:]

    /// True when another request holds one of the rows in that span; otherwise they are claimed.
    mutating func conflicts(_ rows: [Reference], request: Int, from: Double, to: Double) -> Bool {
        for row in rows {
            if let claim = claims[row], claim.request != request, claim.from < to, from < claim.to { return true }
        }
        for row in rows { claims[row] = Claim(request: request, from: from, to: to) }
        if claims.count > 10_000 { claims = claims.filter { $0.value.to > from } }
        return false
    }
}
