package import Foundation

/// What stands in a Dynamics environment, as far as the solution is concerned.
package struct EnvironmentState: Sendable, Hashable {
    package struct Publisher: Sendable, Hashable {
        package var id: UUID
        package var prefix: String
        package var optionPrefix: Int?
    }

    package struct Solution: Sendable, Hashable {
        package var id: UUID
        package var version: String
        package var publisherID: UUID?
    }

    package struct Table: Sendable, Hashable {
        package var metadataID: UUID?
        package var setName: String
        package var tracksChanges: Bool?
        package var canTrackChanges: Bool?
        /// Whether new rows land in their owner's queue by themselves.
        package var routesToOwnerQueue: Bool?
        /// Set on virtual tables.
        package var dataSourceID: UUID?
        /// By logical name.
        package var columns: [String: Column] = [:]
        /// Lookups of this table, by their column.
        package var lookups: [String: Lookup] = [:]
        /// By logical name.
        package var keys: [String: Key] = [:]

        package init(setName: String) { self.setName = setName }
    }

    package struct Column: Sendable, Hashable {
        package var metadataID: UUID?
        /// `AttributeType` as answered.
        package var type: String
        /// Values and labels of a choice; nil where they were not asked for.
        package var options: [Int: String]?
        /// Name in the source of a virtual table.
        package var externalName: String?
    }

    package struct Lookup: Sendable, Hashable {
        package var metadataID: UUID?
        package var relationship: String
        package var target: String
        /// What binds it (`ReferencingEntityNavigationPropertyName`).
        package var navigation: String
    }

    package struct Key: Sendable, Hashable {
        package var metadataID: UUID?
        package var columns: [String]
        /// `Pending`, `InProgress`, `Active`, `Failed`.
        package var status: String
    }

    package struct Endpoint: Sendable, Hashable {
        package var id: UUID
        package var address: String
    }

    package struct Step: Sendable, Hashable {
        package var id: UUID
        package var isEnabled: Bool
        /// `filteringattributes` as answered.
        package var filter: String
        package var endpointID: UUID?
    }

    package struct DataSource: Sendable, Hashable {
        package var id: UUID
        package var address: String
        /// What it shows the source; nil where Dynamics keeps that to itself. Never printed.
        package var key: String?
    }

    /// A main form.
    package struct Form: Sendable, Hashable {
        package var id: UUID
        package var name: String
        package var isDefault = false
        package var isActive = true
        /// As it is published.
        package var xml: String
        /// What it would be after publishing; nil where nothing waits for that.
        package var draft: String?
    }

    /// The default public view.
    package struct View: Sendable, Hashable {
        package var id: UUID
        package var name: String
        package var layout: String
        package var fetch: String
        /// What they would be after publishing; nil where nothing waits for that.
        package var draftLayout: String?
        package var draftFetch: String?
    }

    /// Base language of the environment.
    package var language = 1033
    package var publisher: Publisher?
    package var solution: Solution?
    /// By logical name; a table that is not there is missing.
    package var tables: [String: Table] = [:]
    /// Set name of the table of OData v4 data sources; nil: the environment has none.
    package var dataSourceSet: String?
    /// Id of the OData v4 data provider.
    package var dataProvider: UUID?
    /// By name.
    package var dataSources: [String: DataSource] = [:]
    /// Names of the rows of the table of settings; nil where there is no table.
    package var settingRows: Set<String>?
    /// Where webhooks go, by name.
    package var endpoints: [String: Endpoint] = [:]
    /// What is told there, by name.
    package var steps: [String: Step] = [:]

    /// By table, the default one first; only of tables whose forms were asked for.
    package var forms: [String: [Form]] = [:]
    package var views: [String: View] = [:]
    /// Why forms and views could not be read; nil where they could, or were not asked for.
    package var formsRefused: String?

    package init() {}
}
