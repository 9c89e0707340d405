/// Which rows are being written, by which request and until when: two that overlap deadlock.
struct RowClaims {
    private struct Claim {
        var request: Int
        var from: Double
        var to: Double
    }

    private var claims: [Reference: Claim] = [:]
    private var rows: [Int: [Reference]] = [:]

    /// True when another running request holds one of the rows in that span; otherwise they are claimed.
    mutating func conflicts(_ written: [Reference], request: Int, from: Double, to: Double) -> Bool {
        for row in written {
            if let claim = claims[row], claim.request != request, claim.from < to, from < claim.to { return true }
        }
        for row in written { claims[row] = Claim(request: request, from: from, to: to) }
        rows[request, default: []] += written
        return false
    }

    /// The request has ended.
    mutating func release(request: Int) {
        for row in rows.removeValue(forKey: request) ?? [] where claims[row]?.request == request { claims[row] = nil }
    }
}
