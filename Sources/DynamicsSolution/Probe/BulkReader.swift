import Dynamics

/// Asks which tables take bulk messages ("Use bulk operation messages").
struct BulkReader: Sendable {
    static let messages = ["CreateMultiple", "UpdateMultiple", "UpsertMultiple"]
    static let tables = ["phonecall", "contact", "account"]

    let metadata: MetadataReader

    /// The tables that take each message.
    func read() async throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for message in Self.messages {
            let tables = ODataFilter.any(of: Self.tables.map { .equal("primaryobjecttypecode", .string($0)) })
            let rows = try await metadata.query(
                ODataQuery(
                    "sdkmessagefilters", select: ["sdkmessagefilterid", "primaryobjecttypecode"],
                    filter: .equal("sdkmessageid/name", .string(message)) && tables))
            found[message] = Set(rows.compactMap { $0.string("primaryobjecttypecode") })
        }
        return found
    }
}
