extension DatabaseConfiguration {
    /// All run-time parameters.
    var runTimeParameters: [(name: String, value: String)] {
        var all = settings.map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
        for (name, limit) in [
            ("statement_timeout", statementTimeout), ("lock_timeout", lockTimeout),
            ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
        ] {
            if let limit { all.append((name, String(limit.milliseconds))) }
        }
        return all
    }

    /// What is set at the start of each transaction because the session can't be relied on: one statement or none.
    var transactionSettings: [String] { localSettings { _ in true } }

    /// The same for a statement that runs outside a transaction.
    var loneSettings: [String] {
        localSettings { $0 != "idle_in_transaction_session_timeout" }
    }

    /// `set_config`, because SET LOCAL warns where no BEGIN went before; it too holds until the implicit transaction ends.
    private func localSettings(where matters: (String) -> Bool) -> [String] {
        guard pooling == .transaction else { return [] }
        let parameters = runTimeParameters.filter { matters($0.name) }
        guard !parameters.isEmpty else { return [] }
        func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
        let calls = parameters.map { "pg_catalog.set_config(\(quoted($0.name)), \(quoted($0.value)), true)" }
        return ["SELECT " + calls.joined(separator: ", ")]
    }

    /// When the client gives a statement up, where the server should have ended it before.
    var answerDeadline: Duration? { answerTimeout ?? statementTimeout.map { $0 + .seconds(5) } }
}
