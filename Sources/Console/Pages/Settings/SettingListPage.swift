import Model
import Operations

/// Every setting of a tenant by group, and the newest changes.
enum SettingListPage {
    struct Group: Sendable {
        let title: String
        let id: String
        let table: DataTable
    }

    struct Model: Sendable {
        let choices: [Choices]
        let hasChoices: Bool
        let groups: [Group]
        let history: DataTable
    }

    private static let mostChanges = 50

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let choice = try await TenantChoice(request)
        let store = SettingStore(database: request.database)
        let lines = SettingLine.all(try await store.stored(tenant: choice.tenant.id))
        let history = try await store.history(tenant: choice.tenant.id, name: nil, limit: mostChanges)
        return Page(
            "Settings of \(choice.tenant.name)", in: .settings, template: "settings/list",
            model: Model(
                choices: choice.choices, hasChoices: !choice.choices.isEmpty,
                groups: SettingDefinition.Group.allCases.enumerated().map { index, group in
                    Group(
                        title: group.rawValue, id: "group-\(index)",
                        table: table(group, lines.filter { $0.definition.group == group }, choice))
                }, history: self.history(history, choice, request, caption: "Newest changes")))
    }

    private static func table(_ group: SettingDefinition.Group, _ lines: [SettingLine], _ choice: TenantChoice) -> DataTable {
        DataTable(
            group.rawValue, ["Setting", "Value", "Default", "Meaning"],
            lines.map { line in
                [
                    .head(line.definition.name, choice.link("/settings/\(line.definition.name)")), .wide(shown(line.value)),
                    line.stored == nil ? .text("is at it") : .wide(shown(line.standard)), .wide(line.definition.meaning),
                ]
            }, empty: "There is no setting in this group.")
    }

    static func history(_ changes: [SettingStore.Change], _ choice: TenantChoice, _ request: ConsoleRequest, caption: String)
        -> DataTable
    {
        DataTable(
            caption, ["#Version", "Setting", "Value", "By", "When", "Why"],
            changes.map { change in
                [
                    .number(change.version), .link(change.name, choice.link("/settings/\(change.name)")),
                    .wide(change.value.map(shown) ?? "back to the default"), .text(change.changedBy),
                    .time(request.mark(change.changedAt)),
                    .wide(change.note),
                ]
            }, empty: "Nothing was ever changed.")
    }

    static func shown(_ value: String) -> String { value.isEmpty ? "(empty)" : value }
}
