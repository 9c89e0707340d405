import Model

/// The numbers of a tenant that must not come back, as far as anybody can tell them: by their digests.
package struct ErasedNumbers: Sendable {
    private let tenant: String
    /// By the key they were made with.
    private let digests: [(key: PrivacyKey, digests: Set<[UInt8]>)]

    package static let none = ErasedNumbers(tenant: "", digests: [])

    package init(tenant: String, digests: [(key: PrivacyKey, digests: Set<[UInt8]>)]) {
        self.tenant = tenant
        self.digests = digests.filter { !$0.digests.isEmpty }
    }

    /// Nothing was erased: there is nothing to look for.
    package var isEmpty: Bool { digests.isEmpty }

    /// Whether the text is such a number, or holds one, however it is written.
    package func contains(_ text: String?) -> Bool {
        guard !isEmpty, let text, !text.isEmpty else { return false }
        return NumberForms.of(text).contains { form in
            digests.contains { $0.digests.contains($0.key.digest(of: form, tenant: tenant)) }
        }
    }

    /// The text with `…` in place of such numbers. Nil: there is none in it.
    package func masked(_ text: String) -> String? {
        guard !isEmpty else { return nil }
        var hidden: [Range<Int>] = []
        for candidate in NumberRuns(text).candidates
        where !hidden.contains(where: { $0.overlaps(candidate.range) }) && contains(candidate.text) {
            hidden.append(candidate.range)
        }
        guard !hidden.isEmpty else { return nil }
        var bytes = Array(text.utf8)
        for range in hidden.sorted(by: { $0.lowerBound > $1.lowerBound }) { bytes.replaceSubrange(range, with: "…".utf8) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
