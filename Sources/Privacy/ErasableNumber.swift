/// A number that is to be erased, with all ways in which it may be written.
package struct ErasableNumber: Sendable, Hashable {
    /// With leading plus sign.
    package let e164: String
    /// Digits without country code and trunk prefix.
    package let significant: String
    /// Digits as they are dialled in the tenant's own country. Empty when the number is another country's.
    package let domestic: [String]

    package init(e164: String, significant: String, domestic: [String]) {
        self.e164 = e164
        self.significant = significant
        self.domestic = domestic
    }

    package var international: String { String(e164.dropFirst()) }

    /// As whoever adds the country code to a number dialled at home writes it: no number, and yet the same one.
    private var withTrunkPrefix: String { "+\(international.dropLast(significant.count))0\(significant)" }

    /// What digests are made of: the number's own form first.
    package var forms: [String] {
        var forms = [e164, withTrunkPrefix]
        for digits in [international] + domestic {
            guard let form = NumberForms.national(digits), !forms.contains(form) else { continue }
            forms.append(form)
        }
        return forms
    }

    /// The digests of all forms, the number's own first.
    package func digests(_ key: PrivacyKey, tenant: String) -> [[UInt8]] {
        forms.map { key.digest(of: $0, tenant: tenant) }
    }

    /// As the number may stand where blanks and marks were taken out of it.
    package var spellings: [String] {
        var all = [e164, withTrunkPrefix]
        for digits in [international, "0" + international] + domestic where !all.contains(digits) { all.append(digits) }
        return all
    }

    /// Whether the number stands in a text.
    package func stands(in text: String) -> Bool {
        let wanted = Set(forms)
        return NumberForms.of(text).contains { wanted.contains($0) }
    }
}
