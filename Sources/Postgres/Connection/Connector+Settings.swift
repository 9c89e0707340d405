internal import CLibpq
import Glibc

/// Whether the run-time parameters that travel in `options` have come through.
///
/// A pooler that is told to ignore `options` would let every time-out of ours fall under the table, and, handing out another server
/// connection for each transaction, the prepared statements too.
extension Connector {
    /// A parameter that means nothing; the server has it only when it has all the others.
    static let marker = "trunkline.settings"

    static let poolerHint =
        "a pooler stands before the server and takes no run-time parameters: set `database.pooling` to `transaction`"

    /// Asks the server for the marker. Blocks, at most for the connect time-out.
    func confirmSettings(_ handle: OpaquePointer) throws(PostgresError) {
        guard PQsendQuery(handle, "SHOW \(Self.marker)") == 1 else { throw PostgresError(connection: handle) }
        try awaitAnswer(handle, until: .now + configuration.connectTimeout)
        var failure: PostgresError?
        while let result = PQgetResult(handle) {
            if PQresultStatus(result) != PGRES_TUPLES_OK { failure = PostgresError(result: result, statement: nil) }
            PQclear(result)
        }
        guard var failure else { return }
        if failure.code == .undefinedObject {
            failure = PostgresError(.misuse, "the connection's settings did not reach the server: \(Self.poolerHint)")
        }
        throw failure
    }

    private func awaitAnswer(_ handle: OpaquePointer, until deadline: MonotonicTime) throws(PostgresError) {
        while PQisBusy(handle) == 1 {
            var wait = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            let count = poll(&wait, 1, deadline.milliseconds(since: .now))
            if count == 0 { throw PostgresError(.connection, "the server let us in and then said nothing") }
            guard count > 0 || errno == EINTR, PQconsumeInput(handle) == 1 else { throw PostgresError(connection: handle) }
        }
    }
}
