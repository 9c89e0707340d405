public import FoundationEssentials

/// A row in Dynamics that a phone call points to.
public struct RowReference: Sendable, Hashable {
    public enum Table: String, Sendable, Hashable, CaseIterable {
        case contact, account, lead
        case systemUser = "systemuser"

        /// Name of the entity set, as it stands in addresses.
        public var set: String { rawValue + "s" }
    }

    public let table: Table
    public let id: UUID
    public let name: String?

    public init(_ table: Table, _ id: UUID, name: String? = nil) {
        self.table = table
        self.id = id
        self.name = name
    }
}
