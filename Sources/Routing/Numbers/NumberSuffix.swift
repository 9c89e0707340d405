/// The last digits of a national significant number: what a number stored in local form is compared by.
///
/// The length counts: `01234567` and `1234567` are two suffixes.
package struct NumberSuffix: Sendable, Hashable {
    /// Compared are at most so many digits …
    package static let longest = 9
    /// … and never fewer: short ones would find strangers.
    package static let shortest = 6

    /// The digits, and above them how many they are.
    package let key: UInt64

    private init(digits: UInt64, count: Int) { key = UInt64(count) << 40 | digits }

    /// The digits of a number in local form, without trunk prefix; nil when they are too few to tell anybody by.
    package init?(local text: some StringProtocol) {
        var digits = String(text.suffix(Self.longest))
        guard digits.utf8.count >= Self.shortest else { return nil }
        let count = digits.utf8.count
        guard let value = digits.withUTF8({ E164.digits(UnsafeRawBufferPointer($0)) }) else { return nil }
        self.init(digits: value, count: count)
    }

    /// The suffixes by which an international number may stand somewhere in local form, longest first.
    package static func candidates(of number: E164) -> [NumberSuffix] {
        let national = String(number.value).count - CallingCode.length(of: number)
        guard national >= shortest else { return [] }
        var suffixes: [NumberSuffix] = []
        for count in stride(from: min(longest, national), through: shortest, by: -1) {
            suffixes.append(NumberSuffix(digits: number.value % powers[count], count: count))
        }
        return suffixes
    }

    private static let powers: [UInt64] = (0...9).map { (0..<$0).reduce(1) { power, _ in power * 10 } }
}

extension NumberSuffix {
    /// The digits, leading zeros included.
    package var text: String {
        let digits = String(key & 0xFF_FFFF_FFFF)
        return String(repeating: "0", count: max(0, Int(key >> 40) - digits.utf8.count)) + digits
    }
}
