import Foundation

/// Particulars that the database keeps as JSON, in words.
package enum StoryDetail {
    /// `owner: Jane Doe, lane: 0`; nil when there is nothing in it. Anything but an object is shown as it is.
    package static func words(_ json: String) -> String? {
        guard let value = try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) else {
            return json
        }
        guard let object = value as? [String: Any] else { return value is NSNull ? nil : plain(value) }
        let parts = object.sorted { $0.key < $1.key }.map { "\($0.key.replacing("_", with: " ")): \(plain($0.value))" }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func plain(_ value: Any) -> String {
        switch value {
        case let text as String: return text
        case let number as NSNumber:
            let isFlag = CFBooleanLike.isFlag(number)
            return isFlag ? (number.boolValue ? "yes" : "no") : number.stringValue
        case is NSNull: return "none"
        case let list as [Any]: return list.map(plain).joined(separator: " ")
        case let object as [String: Any]:
            return "(" + object.sorted { $0.key < $1.key }.map { "\($0.key) \(plain($0.value))" }.joined(separator: ", ") + ")"
        default: return "\(value)"
        }
    }
}

/// JSON's true and false come as numbers whose type is that of a flag.
private enum CFBooleanLike {
    static func isFlag(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
