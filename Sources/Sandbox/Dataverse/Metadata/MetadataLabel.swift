/// Texts of the metadata in the languages of the organization.
enum MetadataLabel {
    static let baseLanguage: Int64 = 1033

    static func of(_ text: String) -> JSON {
        label([localized(text, baseLanguage)])
    }

    static let none: JSON = ["LocalizedLabels": [], "UserLocalizedLabel": nil]

    /// A label as sent, made whole: the user's language is the base language.
    static func normal(_ json: JSON?) -> JSON {
        let texts = labels(json)
        return texts.isEmpty ? none : label(texts)
    }

    /// Merging keeps languages the new label does not have.
    static func merged(_ old: JSON?, _ new: JSON?, merges: Bool) -> JSON {
        let texts = labels(new)
        guard merges else { return normal(new) }
        let languages = Set(texts.compactMap { $0["LanguageCode"]?.integer })
        let kept = labels(old).filter { $0["LanguageCode"]?.integer.map { !languages.contains($0) } ?? false }
        return normal(["LocalizedLabels": .array(texts + kept)])
    }

    /// What a user of the base language reads.
    static func text(_ json: JSON?) -> String? {
        let texts = labels(json)
        return (texts.first { $0["LanguageCode"]?.integer == baseLanguage } ?? texts.first)?["Label"]?.string
    }

    private static func labels(_ json: JSON?) -> [JSON] {
        (json?["LocalizedLabels"]?.array ?? []).compactMap { label in
            guard let text = label["Label"]?.string else { return nil }
            return localized(text, label["LanguageCode"]?.integer ?? baseLanguage)
        }
    }

    private static func localized(_ text: String, _ language: Int64) -> JSON {
        [
            "Label": .string(text), "LanguageCode": .integer(language), "IsManaged": false,
            "MetadataId": .string(Guid(naming: "label/\(language)/\(text)").description), "HasChanged": nil,
        ]
    }

    private static func label(_ texts: [JSON]) -> JSON {
        let user = texts.first { $0["LanguageCode"]?.integer == baseLanguage } ?? .null
        return ["LocalizedLabels": .array(texts), "UserLocalizedLabel": user]
    }
}

extension JSON {
    /// A managed property.
    static func managed(_ value: Bool, _ name: String) -> JSON {
        ["Value": .bool(value), "CanBeChanged": true, "ManagedPropertyLogicalName": .string(name)]
    }

    /// The value of a member that may come bare or as `{"Value": …}`.
    func enumerated(_ name: String) -> String? {
        self[name]?.string ?? self[name]?["Value"]?.string
    }
}

extension Guid {
    /// The same name gives the same id.
    init(naming name: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var random = SeededRandom(seed: hash)
        self = random.guid()
    }
}
