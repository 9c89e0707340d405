internal import CLibpq
import Glibc
import Logging

/// Opens connections.
///
/// libpq resolves names, shakes hands for TLS and hashes passwords inside its connect functions, also in the non-blocking ones, and only the
/// blocking one applies `connect_timeout` to each of several hosts. So the whole opening happens on a helper thread.
struct Connector: Sendable {
    let configuration: DatabaseConfiguration
    let catalog: StatementCatalog
    let logger: Logger

    /// Opens a connection on a helper thread, hands it to a loop, and calls `completion` on the loop's thread. Never blocks.
    func open(_ completion: @escaping @Sendable (Result<Connection, PostgresError>) -> Void) {
        let loop = EventLoop.next(of: configuration.threads)
        BlockingThreads.connecting.run {
            let result = Result { () throws(PostgresError) in
                let (handle, decrypted) = try connect()
                let wire = Wire(handle: handle, decrypted: decrypted, loop: loop, logger: logger)
                return Connection(wire: wire, configuration: configuration, catalog: catalog)
            }
            loop.execute {
                if case .success(let connection) = result { connection.wire.start() }
                completion(result)
            }
        }
    }

    /// Opens a connection. Cancellation ends the wait at once; the helper thread then finishes alone.
    func open() async throws -> Connection {
        let promise = Promise<Connection>()
        open { result in
            guard !promise.fulfil(result.mapError { $0 }), case .success(let connection) = result else { return }
            connection.wire.close()
        }
        return try await withTaskCancellationHandler {
            try await promise.value
        } onCancel: {
            _ = promise.fulfil(.failure(PostgresError(.cancelled, "the task was cancelled while it connected")))
        }
    }

    /// Blocks.
    private func connect() throws(PostgresError) -> (OpaquePointer, DecryptedInput) {
        let given = try options()
        // What stands before dbname may be overruled by the connection string, what stands behind it may not.
        var parameters: [(String, String)] = [
            ("connect_timeout", String(max(2, configuration.connectTimeout.milliseconds / 1_000))),
            // A server that fell silent counts as lost after 10 s, so that a standby in its place is found before the caller gives up.
            ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"), ("tcp_user_timeout", "10000"),
            ("gssencmode", "disable"), ("fallback_application_name", configuration.applicationName),
            ("dbname", configuration.connectionString),
            ("client_encoding", "UTF8"),
        ]
        let settings = configuration.pooling == .session ? configuration.runTimeParameters : []
        if !settings.isEmpty {
            let all = settings.map { "-c \($0.name)=\(escaped($0.value))" } + ["-c \(Self.marker)=on"]
            // The later wins, which is the connection string's.
            parameters.append(("options", (all + [given["options"] ?? ""]).joined(separator: " ")))
        }
        let handle = withCStrings(parameters.map(\.0)) { keywords in
            withCStrings(parameters.map(\.1)) { values in PQconnectdbParams(keywords, values, 1) }
        }
        guard let handle else { throw PostgresError(.connection, "out of memory") }
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            throw PostgresError(refusedBy: handle)
        }
        do throws(PostgresError) {
            let decrypted = try DecryptedInput(on: handle)
            if !settings.isEmpty { try confirmSettings(handle) }
            return (handle, decrypted)
        } catch {
            PQfinish(handle)
            throw error
        }
    }

    /// The connection string's own parameters; throws when it can't be read.
    private func options() throws(PostgresError) -> [String: String] {
        guard configuration.connectionString.contains("=") || configuration.connectionString.hasPrefix("postgres") else {
            return [:]
        }
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(configuration.connectionString, &message) else {
            // libpq quotes the string here, and a password may be in it.
            PQfreemem(message)
            throw PostgresError(.misuse, "the connection string can't be read")
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }

    private func escaped(_ value: String) -> String {
        String(value.flatMap { $0 == " " || $0 == "\\" ? ["\\", $0] : [$0] })
    }
}

private func withCStrings<R>(_ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer<CChar>($0) } + [nil]
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}

extension PostgresError {
    /// Why a connection could not be opened. libpq keeps no SQLSTATE for that, only words.
    fileprivate init(refusedBy handle: OpaquePointer) {
        self.init(connection: handle)
        if message.contains("unsupported startup parameter") {
            code = .misuse
            message += "; " + Connector.poolerHint
            return
        }
        for (words, state) in Self.refusals where message.contains(words) {
            code = state
            break
        }
    }

    private static let refusals: [(String, Code)] = [
        ("password authentication failed", .invalidPassword), ("no password supplied", .invalidPassword),
        ("no pg_hba.conf entry", .invalidAuthorization), ("authentication failed", .invalidAuthorization),
        ("is not permitted to log in", .invalidAuthorization), ("role \"", .invalidAuthorization),
        ("database \"", .unknownDatabase), ("the database system is", .cannotConnectNow),
        ("too many clients", .tooManyConnections), ("remaining connection slots", .tooManyConnections),
        ("too many connections", .tooManyConnections), ("permission denied for database", .insufficientPrivilege),
    ]
}
