/// A phone number as logs may show it: enough to tell numbers of one story apart, too little to call it.
///
/// `+358501234567` becomes `+358…67`; with fewer than 8 or more than 20 digits it becomes `…`.
public struct MaskedNumber: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ number: String?) {
        guard let number else {
            description = "-"
            return
        }
        let digits = number.filter(\.isNumber)
        description = digits.count >= 8 && digits.count <= 20 ? "\(number.prefix(4))…\(number.suffix(2))" : "…"
    }
}
