extension PostgresError {
    /// An SQLSTATE (five characters) or the name of one of this library's own conditions.
    public struct Code: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }

        /// The server's five characters; nil for a condition of this library.
        public var sqlState: String? {
            rawValue.utf8.count == 5 && rawValue.utf8.allSatisfy { $0 < UInt8(ascii: "a") } ? rawValue : nil
        }

        public var description: String { Self.names[self].map { "\(rawValue) \($0)" } ?? rawValue }
    }
}

// Conditions of this library.
extension PostgresError.Code {
    /// The connection could not be made, or broke. What a broken connection was doing may or may not have happened.
    public static let connection: Self = "connection_failure"
    /// A deadline of ours passed: waiting for a connection, or for an answer of the server.
    public static let timeout: Self = "timeout"
    /// The Swift task was cancelled; the statement was cancelled on the server.
    public static let cancelled: Self = "cancelled"
    /// The pool is closed or closing.
    public static let poolClosed: Self = "pool_closed"
    /// A value of the server does not fit the Swift type asked for.
    public static let decoding: Self = "decoding"
    /// A Swift value does not fit the type that the server expects.
    public static let encoding: Self = "encoding"
    /// The library was used against its rules.
    public static let misuse: Self = "misuse"
    /// The connection broke while COMMIT was under way: nobody knows whether the transaction took effect.
    public static let commitUnknown: Self = "commit_unknown"
}

// Conditions of the server that callers tell apart.
extension PostgresError.Code {
    public static let featureNotSupported: Self = "0A000"
    public static let invalidTextRepresentation: Self = "22P02"
    public static let numericValueOutOfRange: Self = "22003"
    public static let divisionByZero: Self = "22012"
    public static let notNullViolation: Self = "23502"
    public static let foreignKeyViolation: Self = "23503"
    public static let uniqueViolation: Self = "23505"
    public static let checkViolation: Self = "23514"
    public static let exclusionViolation: Self = "23P01"
    public static let readOnlyTransaction: Self = "25006"
    public static let inFailedTransaction: Self = "25P02"
    public static let idleInTransactionTimeout: Self = "25P03"
    public static let invalidStatementName: Self = "26000"
    public static let invalidPassword: Self = "28P01"
    public static let invalidAuthorization: Self = "28000"
    public static let unknownDatabase: Self = "3D000"
    public static let serializationFailure: Self = "40001"
    public static let deadlockDetected: Self = "40P01"
    public static let insufficientPrivilege: Self = "42501"
    public static let undefinedTable: Self = "42P01"
    public static let undefinedColumn: Self = "42703"
    public static let undefinedFunction: Self = "42883"
    public static let undefinedObject: Self = "42704"
    public static let duplicatePreparedStatement: Self = "42P05"
    public static let duplicateObject: Self = "42710"
    public static let duplicateTable: Self = "42P07"
    public static let duplicateDatabase: Self = "42P04"
    public static let syntaxError: Self = "42601"
    public static let tooManyConnections: Self = "53300"
    public static let diskFull: Self = "53100"
    public static let objectInUse: Self = "55006"
    public static let lockNotAvailable: Self = "55P03"
    /// The statement was cancelled on the server: by `statement_timeout` or by somebody else, not by its Swift task.
    public static let queryCanceled: Self = "57014"
    public static let adminShutdown: Self = "57P01"
    public static let crashShutdown: Self = "57P02"
    public static let cannotConnectNow: Self = "57P03"
    public static let raiseException: Self = "P0001"

    private static let names: [Self: String] = [
        .featureNotSupported: "feature_not_supported", .invalidTextRepresentation: "invalid_text_representation",
        .numericValueOutOfRange: "numeric_value_out_of_range", .divisionByZero: "division_by_zero",
        .notNullViolation: "not_null_violation", .foreignKeyViolation: "foreign_key_violation",
        .uniqueViolation: "unique_violation", .checkViolation: "check_violation", .exclusionViolation: "exclusion_violation",
        .readOnlyTransaction: "read_only_sql_transaction", .inFailedTransaction: "in_failed_sql_transaction",
        .idleInTransactionTimeout: "idle_in_transaction_session_timeout", .invalidStatementName: "invalid_sql_statement_name",
        .invalidPassword: "invalid_password", .invalidAuthorization: "invalid_authorization_specification",
        .unknownDatabase: "invalid_catalog_name", .serializationFailure: "serialization_failure",
        .deadlockDetected: "deadlock_detected", .insufficientPrivilege: "insufficient_privilege",
        .undefinedTable: "undefined_table", .undefinedColumn: "undefined_column", .undefinedFunction: "undefined_function",
        .undefinedObject: "undefined_object", .duplicatePreparedStatement: "duplicate_prepared_statement",
        .duplicateObject: "duplicate_object", .duplicateTable: "duplicate_table", .duplicateDatabase: "duplicate_database",
        .syntaxError: "syntax_error", .tooManyConnections: "too_many_connections", .diskFull: "disk_full",
        .objectInUse: "object_in_use", .lockNotAvailable: "lock_not_available", .queryCanceled: "query_canceled",
        .adminShutdown: "admin_shutdown", .crashShutdown: "crash_shutdown", .cannotConnectNow: "cannot_connect_now",
        .raiseException: "raise_exception",
    ]
}

// What a condition means for the caller.
extension PostgresError {
    /// The transaction as a whole may be run again at once: serialisation failure or deadlock.
    public var isRetryable: Bool { code == .serializationFailure || code == .deadlockDetected }

    /// The same work may succeed later without anybody changing it: lost connections, time-outs, full resources, locks, conflicts.
    public var isTransient: Bool {
        if isRetryable { return true }
        switch code {
        case .connection, .timeout, .commitUnknown, .lockNotAvailable, .queryCanceled, .objectInUse, .readOnlyTransaction,
            .idleInTransactionTimeout:
            return true
        default:
            guard let state = code.sqlState else { return false }
            return ["08", "53", "57", "58"].contains { state.hasPrefix($0) }
        }
    }
}

extension PostgresError.Code {
    /// Whether the message of such an error can quote the application's data. Conditions about the server and the connection can't.
    var mayQuoteValues: Bool {
        guard let sqlState else { return false }
        // Class 42 names objects and types; only the syntax error repeats a piece of the SQL.
        if self == .syntaxError { return true }
        return !["08", "25", "26", "28", "3D", "40", "42", "53", "55", "57", "58"].contains { sqlState.hasPrefix($0) }
    }
}
