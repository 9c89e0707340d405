/// A small random generator whose whole sequence follows from its seed (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    /// A generator for one named purpose: adding a purpose does not change what the others draw.
    public init(seed: UInt64, purpose: String) {
        var mixed = seed ^ 0x9E37_79B9_7F4A_7C15
        for byte in purpose.utf8 {
            mixed = (mixed ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        state = mixed
        _ = next()
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in 0 ..< 1.
    public mutating func fraction() -> Double {
        Double(next() >> 11) / 9_007_199_254_740_992
    }

    public mutating func chance(_ probability: Double) -> Bool {
        fraction() < probability
    }

    /// A number within the range, both ends included.
    public mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    public mutating func pick<C: RandomAccessCollection>(_ items: C) -> C.Element {
        items[items.index(items.startIndex, offsetBy: Int(next() % UInt64(items.count)))]
    }
}
