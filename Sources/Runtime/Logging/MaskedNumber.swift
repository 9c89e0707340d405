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

extension MaskedNumber {
    /// The text with every number in E.164 form (`+` and at least eight digits) masked like the number itself.
    ///
    /// The last guard before a line is written: what is logged should name no number in the first place, but a vendor's words may.
    static func masking(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "+")) else { return text }
        let bytes = Array(text.utf8)
        var masked: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let length = numberLength(bytes[place...])
            if length >= 9 {
                masked += bytes[place..<place + 4] + Array("…".utf8) + bytes[place + length - 2..<place + length]
            } else {
                masked += bytes[place..<place + length]
            }
            place += length
        }
        return String(decoding: masked, as: UTF8.self)
    }

    /// Bytes of the number that begins here, its `+` counted; 1 where none does.
    private static func numberLength(_ bytes: ArraySlice<UInt8>) -> Int {
        guard bytes.first == UInt8(ascii: "+") else { return 1 }
        return 1 + bytes.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    }
}
