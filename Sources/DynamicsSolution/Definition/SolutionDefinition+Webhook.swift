import Model

extension SolutionDefinition {
    /// The endpoint, and a step for each kind of change that the hub wants to hear of at once. Contacts, accounts and leads are not among them:
    /// change tracking tells of those, however many change together.
    static func webhook(_ settings: Settings, _ webhook: Webhook?) -> [SolutionPart] {
        let (names, columns) = (settings.solution, settings.columns)
        let endpoint = SolutionPart.Endpoint(name: names.name, target: webhook)
        guard webhook != nil else { return [.endpoint(endpoint)] }
        func step(_ message: String, _ table: String? = nil, _ columns: [String] = []) -> SolutionPart {
            .step(.init(endpoint: endpoint.name, message: message, table: table, columns: columns.filter { !$0.isEmpty }))
        }
        // The hub's own column is not among them: what it writes itself is no news.
        let user = ["internalemailaddress", "isdisabled", "mobilephone", columns.personEnreachEmail]
        var tables: [SolutionPart] = []
        for table in [names.profileTable, names.settingTable] {
            for message in ["Create", "Update", "Delete"] { tables.append(step(message, table)) }
        }
        return [
            .endpoint(endpoint), step("Create", "systemuser"), step("Update", "systemuser", user), step("Associate"),
            step("Disassociate"),
        ] + tables
    }
}
