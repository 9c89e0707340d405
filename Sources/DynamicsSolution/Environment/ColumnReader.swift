import Dynamics

/// Reads the columns of tables as they stand now, each table's once.
struct ColumnReader: Sendable {
    let metadata: MetadataReader
    private var known: [String: [String: EnvironmentState.Column]] = [:]

    init(metadata: MetadataReader) { self.metadata = metadata }

    /// By logical name, without the options of choices.
    ///
    /// - Throws: `DynamicsError`; `CancellationError`.
    mutating func columns(of table: String) async throws -> [String: EnvironmentState.Column] {
        if let columns = known[table] { return columns }
        var query = ODataQuery(
            "\(table.definitionPath)/Attributes", select: ["MetadataId", "LogicalName", "AttributeType", "ExternalName"])
        query.isStronglyConsistent = true
        let columns = try await metadata.query(query).compactMap { row in
            row.string("LogicalName").map { name in
                (
                    name,
                    EnvironmentState.Column(
                        metadataID: row.guid("MetadataId"), type: row.string("AttributeType") ?? "",
                        externalName: row.string("ExternalName"))
                )
            }
        }
        let answer = Dictionary(columns) { first, _ in first }
        known[table] = answer
        return answer
    }
}
