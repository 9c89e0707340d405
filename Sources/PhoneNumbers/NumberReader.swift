package import Model

/// Reads the numbers of a tenant: of its calls, callback requests and people, and those in its settings.
///
/// What is dialled at home gets its country by libphonenumber's plan of the tenant's region. Withheld numbers, words, extensions of at
/// most six digits and what is no number of any country stay as ``PhoneNumber`` has them. Costs nothing to make; libphonenumber's tables
/// are loaded by the first number that needs them, and most don't: the vendor sends E.164.
package struct NumberReader: Sendable, Hashable {
    /// ISO 3166 code. Nil, or one that libphonenumber doesn't know: only texts that carry their country become E.164.
    package let region: String?

    package init(region: String?) { self.region = region }

    package func read(_ text: String?) -> PhoneNumber {
        let number = PhoneNumber(text)
        if number.kind == .international, let e164 = number.e164, number.raw == e164, !Self.mayHoldTrunkPrefix(e164) {
            return number
        }
        guard number.kind != .withheld, number.kind != .short, let dialled = PhoneNumber.dialled(number.raw) else {
            return number
        }
        return e164(number, dialled).map { number.read(as: $0) } ?? number
    }

    /// Nil: it is not readable.
    private func e164(_ number: PhoneNumber, _ dialled: String) -> String? {
        if dialled.hasPrefix("+") { return number.e164.map { Self.corrected($0) } }
        let home = PhoneNumberParser(region: region).parse(dialled)
        switch number.kind {
        // Behind 00, or by the country code that it seems to begin with: the plan of the region knows better, where it knows the number.
        case .international: return home.isSure ? home.e164 : number.e164.map { Self.corrected($0) }
        case .national: return home.isSure || home.hadTrunkPrefix(dialled) ? home.e164 : nil
        // Too long for a number, unless another country's behind a long prefix.
        case .unreadable: return home.source == .countryCode ? home.e164 : nil
        case .withheld, .short: return nil
        }
    }

    /// Whether a zero stands where that of a number dialled at home would, behind the country code.
    private static func mayHoldTrunkPrefix(_ e164: String) -> Bool {
        e164.utf8.dropFirst(2).prefix(3).contains(UInt8(ascii: "0"))
    }

    /// Without such a zero.
    private static func corrected(_ e164: String) -> String {
        mayHoldTrunkPrefix(e164) ? PhoneNumberParser(region: nil).parse(e164).e164 ?? e164 : e164
    }
}

extension NumberReader {
    /// How people write the number, the number itself first: with its country, and as it is dialled at home when it is one of the region; at
    /// most six texts. Empty for what is not readable.
    package func writings(of number: PhoneNumber) -> [String] {
        guard let e164 = number.e164 else { return [] }
        let parser = PhoneNumberParser(region: region)
        let (international, national) = PhoneNumberParser.writings(of: e164)
        var all = [e164, international, Self.split(international)]
        let digits = national.filter(\.isNumber)
        if parser.parse(digits).e164 == e164 { all += [national, Self.split(national), digits] }
        var seen: Set<String> = [""]
        return all.filter { seen.insert($0).inserted }
    }

    /// The digits under which a number of the region goes when nobody knows the region: as received, and as libphonenumber dials it. Empty
    /// for another country's.
    package func dialledAtHome(_ number: PhoneNumber) -> [String] {
        guard let e164 = number.e164 else { return [] }
        let all = [number.raw, PhoneNumberParser.writings(of: e164).national]
        return Set(all.filter { PhoneNumber($0).kind == .national && read($0).e164 == e164 }).compactMap(PhoneNumber.digits)
    }

    /// What a stored number is known by now: E.164, where the region tells. Else as it is stored.
    package func current(_ stored: String) -> String { read(stored).e164 ?? stored }

    /// A long last group in two, the way people write what plans leave whole: `050 1234567` as `050 123 4567`.
    private static func split(_ text: String) -> String {
        let last = text.utf8.reversed().prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
        guard (6...8).contains(last), last < text.utf8.count else { return "" }
        return "\(text.dropLast(last == 6 ? 3 : 4)) \(text.suffix(last == 6 ? 3 : 4))"
    }
}

extension ParsedNumber {
    /// It carries its country, or is in a range that is assigned.
    fileprivate var isSure: Bool { e164 != nil && (source == .countryCode || kind != .unknown) }

    /// Whether the text has the prefix that is dialled before numbers at home, and is a possible number: new ranges are opened all the time.
    fileprivate func hadTrunkPrefix(_ dialled: String) -> Bool {
        e164 != nil && source == .region && dialled.count > national.count && dialled.hasSuffix(national)
    }
}
