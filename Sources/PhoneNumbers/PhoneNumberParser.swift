import CPhoneNumbers

/// Reads phone numbers as people type them, by libphonenumber.
///
/// A value without state: use it from any thread. Plain digits with the usual marks are read by libphonenumber's own tables without
/// its general machinery; texts with extensions, letters or the like by all of it, which takes longer.
package struct PhoneNumberParser: Sendable, Hashable {
    /// ISO 3166 code of the region whose rules apply to numbers without country. Nil: such numbers are not readable.
    package let region: String?

    /// A region that libphonenumber doesn't know counts as none.
    package init(region: String?) {
        self.region = region.flatMap { Self.knows(region: $0) ? $0 : nil }
    }

    /// Whether libphonenumber has rules for a region, by its ISO 3166 code in capitals.
    package static func knows(region: String) -> Bool { phone_numbers_knows_region(region) == 1 }

    /// Any text may be given, of any length; what is no number says why.
    package func parse(_ text: String) -> ParsedNumber { parse(text, by: phone_numbers_parse) }

    /// By libphonenumber's general machinery alone: the same answers, slower.
    package func parsePlainly(_ text: String) -> ParsedNumber { parse(text, by: phone_numbers_parse_plainly) }

    /// How libphonenumber writes a number, which is given in E.164, abroad and at home. Empty texts for what is no number.
    package static func writings(of e164: String) -> (international: String, national: String) {
        var e164 = e164
        var result = phone_number_writing()
        e164.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { phone_numbers_write($0.baseAddress, $0.count, &result) }
        }
        return (ParsedNumber.text(result.international), ParsedNumber.text(result.national))
    }

    private typealias Parse = (UnsafePointer<CChar>?, Int, UnsafePointer<CChar>?, UnsafeMutablePointer<phone_number>?) -> Void

    private func parse(_ text: String, by parse: Parse) -> ParsedNumber {
        var text = text
        var result = phone_number()
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                if let region {
                    parse(characters.baseAddress, characters.count, region, &result)
                } else {
                    parse(characters.baseAddress, characters.count, nil, &result)
                }
            }
        }
        return ParsedNumber(result)
    }
}

extension ParsedNumber {
    init(_ number: phone_number) {
        let reason = Reason(number.reason)
        let behind = Self.text(number.extension)
        self.init(
            e164: reason == nil ? Self.text(number.e164) : nil, national: Self.text(number.national),
            extension: behind.isEmpty ? nil : behind, kind: Kind(rawValue: number.kind) ?? .unknown,
            source: number.source == Int32(PHONE_NUMBERS_BY_REGION.rawValue) ? .region : .countryCode, reason: reason)
    }

    /// Up to the zero byte.
    fileprivate static func text<Bytes>(_ bytes: Bytes) -> String {
        withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension ParsedNumber.Reason {
    /// Nil: readable.
    fileprivate init?(_ code: Int32) {
        switch phone_numbers_reason(UInt32(bitPattern: code)) {
        case PHONE_NUMBERS_READABLE: return nil
        case PHONE_NUMBERS_NOT_A_NUMBER: self = .notANumber
        case PHONE_NUMBERS_NO_COUNTRY: self = .noCountry
        case PHONE_NUMBERS_TOO_SHORT: self = .tooShort
        case PHONE_NUMBERS_TOO_LONG: self = .tooLong
        case PHONE_NUMBERS_LOCAL_ONLY: self = .localOnly
        case PHONE_NUMBERS_WRONG_LENGTH: self = .wrongLength
        default: self = .failed
        }
    }
}
