/// What libphonenumber makes of a text.
package struct ParsedNumber: Sendable, Hashable {
    /// With leading plus sign. Nil: the text is no complete number, see ``reason``.
    package var e164: String?
    /// National significant number: digits without country code and trunk prefix. May be there without ``e164``, else empty.
    package var national: String
    /// Extension behind the number, digits only.
    package var `extension`: String?
    package var kind: Kind
    /// How the country was told.
    package var source: Source
    /// Why there is no ``e164``. Nil: there is one.
    package var reason: Reason?

    package enum Kind: Int32, Sendable, Hashable, CaseIterable {
        // libphonenumber's PhoneNumberType, in its order.
        case fixedLine, mobile, fixedLineOrMobile, tollFree, premiumRate, sharedCost, voip, personal, pager, universalAccess
        case voicemail
        /// Of a possible length, but in no range that is assigned as far as the installed library knows: new ranges are opened all the time.
        case unknown
    }

    package enum Source: Sendable, Hashable {
        /// The country code stood in the text.
        case countryCode
        /// The default region.
        case region
    }

    /// The raw values are stable: figures and people read them.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        case notANumber = "not_a_number"
        /// Neither a country code in the text nor a default region, or a code that no country has.
        case noCountry = "no_country"
        case tooShort = "too_short"
        case tooLong = "too_long"
        /// Dialable in one area only: the area code is missing.
        case localOnly = "local_only"
        case wrongLength = "wrong_length"
        /// The library failed.
        case failed
    }
}
