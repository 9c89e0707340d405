package import Model

/// The ends of a number that may stand somewhere without its country.
package struct LocalForms: Sendable, Hashable {
    /// Digits to look for among the national significant numbers, longest first.
    package let suffixes: [String]
    /// The number itself has no country, so that entries with one come into question too.
    package let isLocalItself: Bool

    /// Nil: there is nothing to compare.
    package init?(_ number: PhoneNumber, floor: Int) {
        guard floor > 0 else { return nil }
        if let e164 = number.e164 {
            let digits = e164.dropFirst()
            guard digits.count > floor else { return nil }
            suffixes = (floor..<digits.count).reversed().map { String(digits.suffix($0)) }
            isLocalItself = false
        } else {
            guard number.kind == .national else { return nil }
            let digits = number.raw.filter { $0.isASCII && $0.isNumber }
            let bare = String(digits.drop { $0 == "0" })
            suffixes = (bare == digits ? [digits] : [digits, bare]).filter { $0.count >= floor }
            isLocalItself = true
            if suffixes.isEmpty { return nil }
        }
    }
}
