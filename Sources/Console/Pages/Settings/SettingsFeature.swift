/// Settings of a tenant: values, history, change with a rehearsal.
enum SettingsFeature: ConsoleFeature {
    static let pages = [
        PageRoute("/settings") { try await SettingListPage.page($0) },
        PageRoute("/settings/:name") { try await SettingPage.page($0) },
    ]
    static let actions = [SettingChange.action]
}
