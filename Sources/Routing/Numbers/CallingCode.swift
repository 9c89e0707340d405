/// How many digits of an international number name the country (Recommendation ITU-T E.164, list of assigned country codes).
package enum CallingCode {
    private static let two: Set<UInt64> = [
        20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63,
        64,
        65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
    ]

    /// 1 to 3: North America and Russia have one digit, the codes above two, all others three.
    package static func length(of number: E164) -> Int {
        var head = number.value
        while head >= 100 { head /= 10 }
        if head / 10 == 1 || head / 10 == 7 { return 1 }
        return two.contains(head) ? 2 : 3
    }
}
