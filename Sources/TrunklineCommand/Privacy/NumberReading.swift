import Model
import Operations
import PhoneNumbers
import Privacy

extension ErasableNumber {
    /// Trunk prefixes of the world's numbering plans: what is dialled before a number at home, or nothing.
    private static let trunkPrefixes = ["", "0", "8", "06", "1"]

    /// Reads a number as an operator typed it.
    ///
    /// How it is dialled at home counts only where home is the tenant's own country, by which numbers without one are read. Without a
    /// region nobody reads them, and they are taken for the number's.
    init(reading text: String, region: String?) throws {
        let parser = PhoneNumberParser(region: region)
        let parsed = parser.parse(text)
        guard let e164 = parsed.e164, !parsed.national.isEmpty else {
            throw OperatorError.usage("--number: give the number with its country, such as +358501234567")
        }
        let dialled = Self.trunkPrefixes.map { $0 + parsed.national }.filter { (5...17).contains($0.count) }
        let domestic =
            parser.region == nil
            ? Array(dialled.prefix(2)) : dialled.filter { parser.parse($0).e164 == e164 }
        self.init(e164: e164, significant: parsed.national, domestic: domestic)
    }
}
