package import Postgres

/// What a person did to the hub by hand: one row of `hub.operator_action`.
package struct OperatorAction: Sendable {
    /// Nil: the whole hub.
    package var tenant: Int32?
    package var who: String
    /// `subject.verb`, for example `jobs.retry`.
    package var action: String
    package var target: String?
    /// Further particulars.
    package var detail: OutputValue

    package init(tenant: Int32?, who: String, action: String, target: String? = nil, detail: OutputValue = .none) {
        self.tenant = tenant
        self.who = who
        self.action = action
        self.target = target
        self.detail = detail
    }
}

/// Writes down what people did, in the transaction that does it.
package struct OperatorActionStore {
    package static let statements = [record]

    package static func record(_ action: OperatorAction, on connection: Connection) async throws {
        let detail = action.detail == .none ? nil : JSONB(JSONOutput.write(action.detail))
        try await connection.execute(record, [action.tenant, action.who, action.action, action.target, detail])
    }

    package static let record = Statement(
        "command.operator_action.record",
        """
        INSERT INTO hub.operator_action (tenant_id, who, action, target, detail)
        VALUES ($1, $2, $3, $4, $5)
        """)
}
