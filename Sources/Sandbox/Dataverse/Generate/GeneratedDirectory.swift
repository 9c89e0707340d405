/// How many people and companies to generate. The same seed gives the same rows.
public struct GeneratedDirectory: Sendable, Codable {
    public var contacts: Int?
    public var accounts: Int?
    public var leads: Int?
    public var seed: UInt64?

    public init(contacts: Int = 0, accounts: Int = 0, leads: Int = 0, seed: UInt64 = 1) {
        self.contacts = contacts
        self.accounts = accounts
        self.leads = leads
        self.seed = seed
    }
}

/// What was generated.
public struct GeneratedFigures: Sendable, Codable {
    public var contacts: Int
    public var accounts: Int
    public var leads: Int
    /// The first row of each kind and its number in E.164.
    public var samples: [String: [String]]
}

/// The numbers of generated rows, in E.164: Finnish ones, each column with a range of its own.
public struct GeneratedNumbers: Sendable {
    let seed: UInt64

    public init(seed: UInt64 = 1) {
        self.seed = seed
    }

    /// Of `contact.mobilephone`. Every seventh contact has none.
    public func mobile(ofContact number: Int) -> String? {
        number % 7 == 6 ? nil : GeneratedRange.contactMobile.e164(UInt64(number), seed)
    }

    /// Of `account.telephone1`.
    public func telephone(ofAccount number: Int) -> String { GeneratedRange.accountTelephone.e164(UInt64(number), seed) }

    /// Of `lead.telephone1`.
    public func telephone(ofLead number: Int) -> String { GeneratedRange.leadTelephone.e164(UInt64(number), seed) }
}

/// A range of ten million numbers: country code 358, a prefix, seven digits that no two rows share.
struct GeneratedRange {
    let prefix: String

    static let contactMobile = GeneratedRange(prefix: "40")
    static let contactTelephone = GeneratedRange(prefix: "92")
    static let accountTelephone = GeneratedRange(prefix: "93")
    static let leadTelephone = GeneratedRange(prefix: "50")

    private static let size: UInt64 = 10_000_000
    /// Prime to the size, so that multiplying by it only shuffles; and what undoes it.
    private static let factor: UInt64 = 7_368_787
    private static let inverse: UInt64 = {
        // Euler: factor to the power of φ(size) - 1, φ(10^7) = 4·10^6.
        var result: UInt64 = 1
        var base = factor
        var power: UInt64 = 3_999_999
        while power > 0 {
            if power & 1 == 1 { result = result * base % size }
            base = base * base % size
            power >>= 1
        }
        return result
    }()

    func digits(_ number: UInt64, _ seed: UInt64) -> String {
        let shuffled = (number % Self.size * Self.factor + seed % Self.size) % Self.size
        let text = String(shuffled)
        return prefix + String(repeating: "0", count: 7 - text.count) + text
    }

    func e164(_ number: UInt64, _ seed: UInt64) -> String { "+358" + digits(number, seed) }

    /// Which row has a national number; nil when it is not of this range.
    func number(_ national: Substring, _ seed: UInt64) -> UInt64? {
        guard national.hasPrefix(prefix), national.count == prefix.count + 7, let value = UInt64(national.dropFirst(prefix.count))
        else { return nil }
        return (value + Self.size - seed % Self.size) % Self.size * Self.inverse % Self.size
    }

    /// As people type it, in one of several ways.
    func typed(_ number: UInt64, _ seed: UInt64) -> String {
        let digits = digits(number, seed)
        let area = digits.prefix(2)
        let middle = digits.dropFirst(2).prefix(3)
        let last = digits.suffix(4)
        switch number % 8 {
        case 0, 1, 2: return "+358" + digits
        case 3: return "+358 \(area) \(middle) \(last)"
        case 4: return "0\(area) \(middle)\(last)"
        case 5: return "0\(area)-\(middle) \(last)"
        case 6: return "00358 \(digits)"
        default: return "+358 (0)\(area) \(middle) \(last)"
        }
    }

    /// The national number in any of these forms.
    static func national(_ text: String) -> Substring? {
        var digits = text.filter { $0.isASCII && $0.isNumber }[...]
        if text.hasPrefix("+358") {
            digits = digits.dropFirst(3)
        } else if digits.hasPrefix("00358") {
            digits = digits.dropFirst(5)
        } else if !digits.hasPrefix("0") {
            return nil
        }
        return digits.hasPrefix("0") ? digits.dropFirst() : digits
    }
}
