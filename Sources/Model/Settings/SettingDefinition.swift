/// What is known of one setting: how it is called, what it may hold, what it means.
public struct SettingDefinition: Sendable {
    public enum Group: String, Sendable, CaseIterable {
        case phoneCallSync = "Phone Call Sync Settings"
        case callbackSync = "Callback Sync Settings"
        case record = "Phone Call Record"
        case directory = "Directory"
        case reading = "Reading from Enreach"
        case housekeeping = "Housekeeping"
        case solution = "Dynamics Solution"
    }

    public enum Kind: Sendable, Hashable {
        case bool
        case int(ClosedRange<Int>)
        case text
        /// Values separated by commas.
        case list
        case choice([String])
        case template
        /// A text of a certain form.
        case pattern(Pattern)
    }

    public let name: String
    public let group: Group
    public let kind: Kind
    /// As text, the way `trunkline settings` shows and takes it.
    public let defaultValue: String
    /// One sentence, with the unit.
    public let meaning: String
    /// True for names that stand in the vendor's guide.
    public let isGuides: Bool

    let apply: @Sendable (SettingValue, inout Settings) -> Void

    /// Reads a value as text. Throws ``SettingError`` that says in one line what would be right.
    public func parse(_ text: String) throws -> SettingValue {
        try SettingValue(text, for: self)
    }
}

/// A value of a setting, read and checked.
public enum SettingValue: Sendable, Hashable {
    case bool(Bool)
    case int(Int)
    case text(String)
    case list([String])
    case template(TextTemplate)
}

/// A setting that can't be taken.
public struct SettingError: Error, Sendable, Hashable, CustomStringConvertible {
    public let name: String
    public let remedy: String
    public var description: String { "setting \(name): \(remedy)" }
}

extension SettingValue {
    init(_ text: String, for setting: SettingDefinition) throws {
        func refuse(_ remedy: String) -> SettingError { SettingError(name: setting.name, remedy: remedy) }
        switch setting.kind {
        case .bool:
            switch text.lowercased() {
            case "true", "yes", "on", "1": self = .bool(true)
            case "false", "no", "off", "0": self = .bool(false)
            default: throw refuse("say true or false")
            }
        case .int(let range):
            guard let number = Int(text), range.contains(number) else {
                throw refuse("say a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            self = .int(number)
        case .text: self = .text(text.trimmingBlanks())
        case .pattern(let pattern):
            let text = text.trimmingBlanks()
            guard pattern.fits(text) else { throw refuse(pattern.remedy) }
            self = .text(text)
        case .list:
            self = .list(text.split(separator: ",").map { String($0).trimmingBlanks() }.filter { !$0.isEmpty })
        case .choice(let choices):
            guard let choice = choices.first(where: { $0.lowercased() == text.lowercased() }) else {
                throw refuse("say one of \(choices.joined(separator: ", "))")
            }
            self = .text(choice)
        case .template:
            do {
                self = .template(try TextTemplate(text))
            } catch {
                throw refuse(error.description)
            }
        }
    }
}
