package import Dynamics

/// Asks which tables take bulk messages ("Use bulk operation messages").
package struct BulkReader: Sendable {
    static let messages = ["CreateMultiple", "UpdateMultiple", "UpsertMultiple"]
    static let tables = ["phonecall", "contact", "account"]

    private let dynamics: DynamicsClient

    package init(dynamics: DynamicsClient) { self.dynamics = dynamics }

    /// The tables that take each message.
    package func read() async throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for message in Self.messages {
            let tables = ODataFilter.any(of: Self.tables.map { .equal("primaryobjecttypecode", .string($0)) })
            let rows = try await dynamics.query(
                ODataQuery(
                    "sdkmessagefilters", select: ["sdkmessagefilterid", "primaryobjecttypecode"],
                    filter: .equal("sdkmessageid/name", .string(message)) && tables), lane: .callback)
            found[message] = Set(rows.compactMap { $0.string("primaryobjecttypecode") })
        }
        return found
    }
}
