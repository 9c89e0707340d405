package import Model

/// Everything the hub wants to stand in a Dynamics environment, in the order in which it is made.
package struct SolutionDefinition: Sendable, Hashable {
    /// Where Dynamics reaches the hub, for the virtual table of callback lists.
    package struct Source: Sendable, Hashable {
        /// Root of the OData service, with the trailing slash.
        package let address: String
        package let secret: String

        package init(address: String, secret: String) {
            self.address = address.hasSuffix("/") ? address : address + "/"
            self.secret = secret
        }
    }

    /// Where Dynamics reaches the hub to tell of changes.
    package struct Webhook: Sendable, Hashable {
        package let address: String
        /// What it shows in X-Api-Key; never printed.
        package let secret: String

        package init(address: String, secret: String) {
            self.address = address
            self.secret = secret
        }
    }

    package let names: Settings.Solution
    package let parts: [SolutionPart]

    /// - Parameters:
    ///   - settings: the names; empty names of `phonecall`'s columns are left out.
    ///   - source: nil: without the virtual table; callback lists are then named by their id.
    ///   - webhook: nil: Dynamics tells nobody of changes, and the hub looks in its own time.
    ///   - forms: nil: forms and views are not looked at: programs need none.
    package init(_ settings: Settings, source: Source? = nil, webhook: Webhook? = nil, forms: FormChoice? = nil) {
        names = settings.solution
        var parts: [SolutionPart] = [
            .publisher(
                .init(
                    name: names.publisher, friendlyName: "Trunkline", prefix: names.prefix, optionPrefix: names.optionPrefix)),
            .solution(.init(name: names.name, friendlyName: "Trunkline", version: "1.0.0.0")),
        ]
        let columns = settings.columns
        parts += Self.userColumns(columns)
        parts += Self.phoneCallColumns(columns)
        parts += Self.listTable(names, source)
        parts += Self.profileTable(names, hasList: source != nil)
        parts += Self.settingTable(names)
        parts += Self.keys(columns, names)
        parts += ["contact", "account", "lead", names.profileTable, names.settingTable].map { .changeTracking(table: $0) }
        parts += Self.settingRows(names)
        parts += Self.forms(settings, parts, forms)
        parts += Self.webhook(settings, webhook)
        self.parts = parts
    }

    /// The tables of the parts, each once, in their order.
    package var tables: [String] {
        var seen: Set<String> = []
        return parts.compactMap(\.table).filter { seen.insert($0).inserted }
    }
}
