extension String {
    /// The text with `#` for every digit of a number of four digits or more. A single blank, hyphen, dot, slash or bracket inside a number
    /// does not end it: `+358 40 123` becomes `+### ## ###`.
    ///
    /// For text of a vendor that is kept for the operator: it may hold the numbers of private calls, which are not stored anywhere.
    public var maskingNumbers: String {
        var bytes = Array(utf8)
        var digits: [Int] = []
        var gap = 0
        func mask() {
            guard digits.count >= 4 else { return }
            for index in digits { bytes[index] = UInt8(ascii: "#") }
        }
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(index)
                gap = 0
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "("), UInt8(ascii: ")"):
                gap += 1
                guard gap > 1 else { continue }
                mask()
                digits = []
            default:
                mask()
                digits = []
            }
        }
        mask()
        return String(decoding: bytes, as: UTF8.self)
    }
}
