package import Model

/// A setting as it stands for a tenant.
package struct SettingLine: Sendable {
    package let definition: SettingDefinition
    /// Nil: at its default.
    package let stored: SettingStore.Stored?
    /// The value without it, under the tenant's prefix.
    package let standard: String

    package var value: String { stored?.value ?? standard }

    /// The value, with the default beside it where they differ.
    package var valueInWords: String {
        guard stored != nil else { return value }
        return "\(value) (default \(standard.isEmpty ? "empty" : standard))"
    }

    /// The version of the settings that gave it its value; none at its default.
    package var version: OutputValue { .integer(stored?.version) }

    package var json: OutputValue {
        .object([
            "setting": .text(definition.name), "value": .text(value), "default": .text(standard),
            "version": version, "meaning": .text(definition.meaning),
        ])
    }

    /// Every known setting with what is stored for it, in the order of the definitions.
    package static func all(_ stored: [SettingStore.Stored]) -> [SettingLine] {
        let byName = Dictionary(stored.map { ($0.name, $0) }) { first, _ in first }
        let prefix = byName["SolutionPrefix"]?.value ?? Settings.Solution.standardPrefix
        return Settings.definitions.map {
            SettingLine(definition: $0, stored: byName[$0.name], standard: $0.defaultValue(prefix: prefix))
        }
    }
}

extension SettingDefinition {
    /// The definition of a name as the guide writes it, in any case of letters.
    ///
    /// - Throws: `OperatorError` that lists the names.
    package static func named(_ name: String) throws -> SettingDefinition {
        do {
            return try Settings.definition(named: name)
        } catch {
            throw OperatorError.usage("\(error)")
        }
    }

    /// The text to store for a text as it was typed.
    ///
    /// - Throws: `OperatorError` that says what would be right.
    package func storedText(_ typed: String) throws -> String {
        let value: SettingValue
        do {
            value = try parse(typed)
        } catch {
            throw OperatorError.usage("\(error)")
        }
        return switch value {
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .text(let text): text
        case .list(let parts): parts.joined(separator: ",")
        case .template: typed
        }
    }
}
