/// The last digits of a national significant number: what a number stored in local form is compared by.
///
/// The length counts: `01234567` and `1234567` are two suffixes.
package struct NumberSuffix: Sendable, Hashable {
    /// No number in E.164 has more digits behind its country.
    package static let longest = 14

    /// The digits, with a one before them that keeps leading zeros. Fifteen digits at most, so it has the size of a number.
    package let key: UInt64

    private init(digits: UInt64, count: Int) { key = Self.powers[count] + digits }

    /// The digits of a number in local form, without trunk prefix; nil when no number ends so.
    package init?(local text: some StringProtocol) {
        var digits = String(text)
        guard let suffix = digits.withUTF8({ Self.read(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = suffix
    }

    /// The same from the bytes of a text.
    static func read(_ bytes: UnsafeRawBufferPointer) -> NumberSuffix? {
        guard (1...longest).contains(bytes.count) else { return nil }
        return E164.digits(bytes).map { NumberSuffix(digits: $0, count: bytes.count) }
    }

    /// The suffixes by which an international number may stand somewhere in local form, longest first.
    ///
    /// - Parameter floor: the fewest digits that are compared; 0: none is.
    package static func candidates(of number: E164, floor: Int) -> [NumberSuffix] {
        let national = min(longest, number.digitCount - CallingCode.length(of: number))
        guard floor > 0, national >= floor else { return [] }
        return (floor...national).reversed().map { NumberSuffix(digits: number.value % powers[$0], count: $0) }
    }

    private static let powers: [UInt64] = (0...longest).map { (0..<$0).reduce(1) { power, _ in power * 10 } }

    /// The digits, leading zeros included.
    package var text: String { String(String(key).dropFirst()) }
}
