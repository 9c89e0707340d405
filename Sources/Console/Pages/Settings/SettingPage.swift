import Model
import Operations

/// One setting with its history, and the form to change it.
enum SettingPage {
    struct Model: Sendable {
        let tenant: String
        let name: String
        let facts: [Fact]
        let history: DataTable
        let mayChange: Bool
        let formToken: String
        let value: String
        let isLong: Bool
        let values: [Choices]
        let hasValues: Bool
        let days: Choices
        let isChanged: Bool
    }

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let definition = try request.parameter("name") { try? Settings.definition(named: $0) }
        let choice = try await TenantChoice(request)
        let store = SettingStore(database: request.database)
        let lines = SettingLine.all(try await store.stored(tenant: choice.tenant.id))
        guard let line = lines.first(where: { $0.definition.name == definition.name }) else { throw ConsoleError.notFound }
        let history = try await store.history(tenant: choice.tenant.id, name: definition.name, limit: 200)
        let values = values(definition, line.value)
        return Page(
            definition.name, in: .settings, template: "settings/page", trail: [Link("Settings", choice.link("/settings"))],
            model: Model(
                tenant: choice.tenant.name, name: definition.name, facts: facts(line, choice),
                history: SettingListPage.history(history, choice, request, caption: "Changes, newest first"),
                mayChange: request.may(.administrator), formToken: request.who.formToken, value: line.value,
                isLong: definition.kind == .template,
                values: values, hasValues: !values.isEmpty,
                days: Choices("days", "Rehearse with the calls of", SettingChange.spans, chosen: "7", any: nil),
                isChanged: line.stored != nil))
    }

    private static func facts(_ line: SettingLine, _ choice: TenantChoice) -> [Fact] {
        [
            Fact("Tenant", choice.tenant.name), Fact("Meaning", line.definition.meaning),
            Fact("Value", SettingListPage.shown(line.value)),
            Fact("Default", SettingListPage.shown(line.standard)), Fact("Takes", takes(line.definition.kind)),
            Fact("Named by", line.definition.isGuides ? "the vendor's guide" : "the hub"),
        ]
    }

    private static func takes(_ kind: SettingDefinition.Kind) -> String {
        switch kind {
        case .bool: "true or false"
        case .int(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .text: "a text"
        case .list: "values separated by commas"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .template: "a text with fields in braces"
        case .pattern(let pattern): pattern.remedy
        }
    }

    /// What can be chosen, where that is a few words.
    private static func values(_ definition: SettingDefinition, _ value: String) -> [Choices] {
        switch definition.kind {
        case .bool: [Choices("value", "New value", ["true", "false"], chosen: value, any: nil, id: "value")]
        case .choice(let words): [Choices("value", "New value", words, chosen: value, any: nil, id: "value")]
        default: []
        }
    }
}
