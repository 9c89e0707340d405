import Postgres

/// What a person did to the hub by hand: one row of `hub.operator_action`.
struct OperatorAction: Sendable {
    /// Nil: the whole hub.
    var tenant: Int32?
    var who: String
    /// `subject.verb`, for example `jobs.retry`.
    var action: String
    var target: String?
    /// Further particulars.
    var detail: OutputValue = .none
}

/// Writes down what people did, in the transaction that does it.
struct OperatorActionStore {
    static let statements = [record]

    static func record(_ action: OperatorAction, on connection: Connection) async throws {
        let detail = action.detail == .none ? nil : JSONB(JSONOutput.write(action.detail))
        try await connection.execute(record, [action.tenant, action.who, action.action, action.target, detail])
    }

    static let record = Statement(
        "command.operator_action.record",
        """
        INSERT INTO hub.operator_action (tenant_id, who, action, target, detail)
        VALUES ($1, $2, $3, $4, $5)
        """)
}
