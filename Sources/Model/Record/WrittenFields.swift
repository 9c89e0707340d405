import FoundationEssentials

/// The fields of a record as the hub last wrote them, as they are kept in `hub.call.written`.
public enum WrittenFields {
    public static func json(_ fields: [PhoneCallField: FieldValue]) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            for field in PhoneCallField.allCases {
                if let value = fields[field] { json.member(field.rawValue, value.comparable) }
            }
        }
        return json.bytes
    }

    public static func json(_ fields: [PhoneCallField: String]) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            for field in PhoneCallField.allCases {
                if let value = fields[field] { json.member(field.rawValue, value) }
            }
        }
        return json.bytes
    }

    /// Fields this version doesn't know are left out.
    public static func read(_ json: [UInt8]) throws -> [PhoneCallField: String] {
        let stored = try JSONDecoder().decode([String: String].self, from: Data(json))
        return Dictionary(
            uniqueKeysWithValues: stored.compactMap { name, value in PhoneCallField(rawValue: name).map { ($0, value) } })
    }
}
