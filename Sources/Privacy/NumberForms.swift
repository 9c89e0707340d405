import Model

/// The forms of numbers that digests are made of: one for each way in which the hub tells two texts to be the same number.
enum NumberForms {
    /// Fewer digits are extensions and service numbers, which belong to nobody.
    static let fewestDigits = 6

    /// The forms a received text may have been erased under; none for what is no number. A text with words around a number has the
    /// forms of every number in it.
    static func of(_ text: String) -> [String] {
        let number = PhoneNumber(text)
        // What is longer than any number is words, whatever it begins with.
        guard number.kind == .unreadable || text.utf8.count > longest else { return of(number, text) }
        return NumberRuns(text).candidates.flatMap { of(PhoneNumber($0.text), $0.text) }
    }

    private static let longest = 24

    private static func of(_ number: PhoneNumber, _ text: String) -> [String] {
        switch number.kind {
        case .international:
            // Many digits without a plus sign may be dialled at home just as well: which of the two, only the tenant's region tells.
            [number.e164, PhoneNumber.dialled(text).flatMap { $0.hasPrefix("+") || $0.hasPrefix("00") ? nil : national($0) }]
                .compactMap(\.self)
        case .national, .short: national(PhoneNumber.digits(of: text) ?? "").map { [$0] } ?? []
        case .withheld, .unreadable: []
        }
    }

    /// Of digits without their country: zeros before them are dialled, not part of the number.
    static func national(_ digits: String) -> String? {
        let digits = digits.drop { $0 == "0" }
        return digits.count < fewestDigits ? nil : "n/\(digits)"
    }
}
