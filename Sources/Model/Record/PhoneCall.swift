import FoundationEssentials

/// A phone call as it shall stand in Dynamics.
public struct PhoneCall: Sendable, Hashable {
    public var fields: [PhoneCallField: FieldValue]
    public var from: Party
    public var to: Party
    /// Status reason of the completed record: 4 received, 2 made. Nil: it stays open.
    public var completedStatus: Int?

    /// One side of the call.
    public struct Party: Sendable, Hashable {
        /// The person or company, where known.
        public var row: RowReference?
        /// Shown when there is no row.
        public var name: String?
        public var address: String?

        public init(row: RowReference? = nil, name: String? = nil, address: String? = nil) {
            self.row = row
            self.name = name
            self.address = address
        }
    }

    /// The other party, with the number of its side: 1 from, 2 to.
    public var otherParty: (party: Party, mask: Int) {
        fields[.direction] == .bool(true) ? (to, 2) : (from, 1)
    }

    public init(fields: [PhoneCallField: FieldValue], from: Party, to: Party, completedStatus: Int?) {
        self.fields = fields
        self.from = from
        self.to = to
        self.completedStatus = completedStatus
    }
}
