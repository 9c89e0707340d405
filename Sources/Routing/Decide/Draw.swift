/// Chance that repeats itself: drawn from the call's id, or without one from the caller's number, so that a call keeps its lot however often
/// it is asked about.
enum Draw {
    static func number(below bound: Int, for call: RouteCall, salt: String) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        add(salt, to: &hash)
        add(call.callID ?? call.anum, to: &hash)
        return Int((mixed(hash) >> 11) % UInt64(bound))
    }

    static func digest(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        add(text, to: &hash)
        return hash
    }

    /// FNV-1a.
    private static func add(_ text: String, to hash: inout UInt64) {
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }

    /// The finish of SplitMix64: every bit of the input changes half of the output's.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
