package import Postgres

/// The operators of the console, as operators see and change them. Each change is written down in its transaction, and whoever loses
/// something by it is signed out.
package struct OperatorAccountStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [all, named, add, setRole, setPassword, setDisabled, signOut, administrators]

    package func all() async throws -> [OperatorAccount] {
        try await database.query(Self.all).map(OperatorAccount.init)
    }

    /// - Throws: `OperatorError` when there is no such operator.
    package func named(_ name: String) async throws -> OperatorAccount {
        guard let row = try await database.query(Self.named, [name]).first else {
            throw OperatorError.failed("there is no operator \(name)")
        }
        return try OperatorAccount(row)
    }

    /// Makes a local operator.
    ///
    /// - Throws: `OperatorError` when the name is taken or can't be one.
    package func add(name: String, role: OperatorRole, password: PasswordHash, who: String, reason: String? = nil) async throws
        -> OperatorAccount
    {
        guard Self.isName(name) else {
            throw OperatorError.usage("a name has 1 to 200 characters, none of them a line break, and no blank at its ends")
        }
        return try await database.withTransaction { connection in
            guard let row = try await connection.query(Self.add, [name, role.rawValue, password.text, who]).first else {
                throw OperatorError.failed("there is an operator \(name) already")
            }
            let account = try OperatorAccount(row)
            try await record(
                "operators.add", account.name, .object(["role": .text(role.rawValue as String), "why": .text(reason)]), who,
                connection)
            return account
        }
    }

    package func set(role: OperatorRole, of name: String, who: String, reason: String? = nil) async throws {
        try await database.withTransaction { connection in
            let account = try await keepingAnAdministrator(on: connection) {
                try await change(Self.setRole, name, [role.rawValue], on: connection)
            }
            guard account.isLocal else {
                throw OperatorError.failed("\(account.name) has the role that the identity provider gives")
            }
            try await record(
                "operators.role", account.name, .object(["role": .text(role.rawValue as String), "why": .text(reason)]), who,
                connection)
        }
    }

    /// Gives a local operator another password; ends the lock, and all sessions.
    ///
    /// - Parameter old: the stored hash that it takes the place of; nil: whichever is stored.
    /// - Throws: `OperatorError` when there is no such operator, or another hash is stored by now.
    package func set(
        password: PasswordHash, instead old: String? = nil, of name: String, who: String, reason: String? = nil
    ) async throws {
        try await database.withTransaction { connection in
            let account = try await change(
                Self.setPassword, name, [password.text, old], on: connection,
                otherwise: old == nil ? nil : "the password of \(name) was changed meanwhile")
            guard account.isLocal else {
                throw OperatorError.failed("\(account.name) signs in through the identity provider and has no password here")
            }
            let ended = try await connection.execute(Self.signOut, [account.id])
            try await record(
                "operators.password", account.name, .object(["sessions_ended": .integer(ended), "why": .text(reason)]), who,
                connection)
        }
    }

    /// Who is disabled can't sign in, and is signed out.
    package func set(disabled: Bool, of name: String, who: String, reason: String? = nil) async throws {
        try await database.withTransaction { connection in
            let account = try await keepingAnAdministrator(on: connection) {
                try await change(Self.setDisabled, name, [disabled], on: connection)
            }
            let ended = disabled ? try await connection.execute(Self.signOut, [account.id]) : 0
            try await record(
                disabled ? "operators.disable" : "operators.enable", account.name,
                .object(["sessions_ended": .integer(ended), "why": .text(reason)]), who, connection)
        }
    }

    private func change(
        _ statement: Statement, _ name: String, _ values: [any PostgresEncodable], on connection: Connection,
        otherwise objection: String? = nil
    ) async throws -> OperatorAccount {
        guard let row = try await connection.query(statement, [name] + values).first else {
            throw OperatorError.failed(objection ?? "there is no operator \(name)")
        }
        return try OperatorAccount(row)
    }

    /// Somebody must be left who can give rights back. The administrators are locked, so that two can't take the last two away at once.
    private func keepingAnAdministrator(
        on connection: Connection, _ change: () async throws -> OperatorAccount
    ) async throws -> OperatorAccount {
        let before = try await connection.query(Self.administrators).map { try $0.decode(Int32.self) }
        let account = try await change()
        guard before != [account.id] || account.role == .administrator && account.isEnabled else {
            throw OperatorError.failed("that would leave no administrator who can sign in: make another one first")
        }
        return account
    }

    private func record(_ action: String, _ name: String, _ detail: OutputValue, _ who: String, _ connection: Connection)
        async throws
    {
        try await OperatorActionStore.record(
            .init(tenant: nil, who: who, action: action, target: name, detail: detail), on: connection)
    }

    package static func isName(_ name: String) -> Bool {
        (1...200).contains(name.count) && !name.contains(where: \.isNewline) && name.first?.isWhitespace == false
            && name.last?.isWhitespace == false
    }

    private static let columns = """
        operator_id, name, role, issuer, disabled_at, failures, locked_until, signed_in_at, created_at, created_by
        """

    package static let all = Statement(
        "command.operators.all", "SELECT \(columns) FROM hub.operator ORDER BY disabled_at IS NOT NULL, lower(name) LIMIT 1000")

    package static let named = Statement(
        "command.operators.named", "SELECT \(columns) FROM hub.operator WHERE lower(name) = lower($1)")

    package static let add = Statement(
        "command.operators.add",
        """
        INSERT INTO hub.operator (name, role, password, created_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        RETURNING \(columns)
        """)

    package static let setRole = Statement(
        "command.operators.role",
        "UPDATE hub.operator SET role = $2, changed_at = now() WHERE lower(name) = lower($1) RETURNING \(columns)")

    package static let setPassword = Statement(
        "command.operators.password",
        """
        UPDATE hub.operator SET password = CASE WHEN issuer IS NULL THEN $2 END, failures = 0, locked_until = NULL, changed_at = now()
        WHERE lower(name) = lower($1) AND ($3::text IS NULL OR password = $3)
        RETURNING \(columns)
        """)

    package static let setDisabled = Statement(
        "command.operators.disable",
        """
        UPDATE hub.operator SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, now()) END, changed_at = now()
        WHERE lower(name) = lower($1)
        RETURNING \(columns)
        """)

    package static let signOut = Statement(
        "command.operators.sign_out", "DELETE FROM hub.operator_session WHERE operator_id = $1")

    package static let administrators = Statement(
        "command.operators.administrators",
        """
        SELECT operator_id FROM hub.operator WHERE role = 'administrator' AND disabled_at IS NULL ORDER BY operator_id FOR UPDATE
        """)
}
