import EmbeddedPostgres
import Foundation
import Logging
import TestSupport
import Testing

@testable import Postgres

@Suite("TLS to the server has libpq's modes and carries everything") struct TLSTests {
    private let isEncrypted = Statement.once("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")

    private func onTLS(_ body: (Database) async throws -> Void) async throws {
        let tls = try await TLSServer.shared
        try await withDatabase(at: tls.url(mode: "verify-full", authority: tls.certificate)) { try await body($0) }
    }

    /// Why one attempt to connect fails; nil when it doesn't.
    private func refusal(_ url: String) async throws -> PostgresError? {
        let connector = Connector(configuration: DatabaseConfiguration(url), catalog: StatementCatalog(), logger: .quiet)
        return try await postgresError {
            let connection = try await connector.open()
            connection.loop.execute { connection.wire.close() }
        }
    }

    // MARK: Modes

    @Test(arguments: ["disable": false, "prefer": true, "require": true, "verify-ca": true, "verify-full": true])
    func eachModeDoesWhatItSays(mode: String, encrypts: Bool) async throws {
        let tls = try await TLSServer.shared
        let url = tls.url(mode: mode, authority: mode.hasPrefix("verify") ? tls.certificate : nil)
        try await withDatabase(at: url) { (database) async throws in
            #expect(try await database.query(isEncrypted).value(Bool.self) == encrypts)
        }
    }

    @Test(arguments: ["verify-ca", "verify-full"]) func anAuthorityThatDidNotSignIsRefused(mode: String) async throws {
        let tls = try await TLSServer.shared
        let error = try #require(try await refusal(tls.url(mode: mode, authority: tls.otherAuthority)))
        #expect(error.code == .connection && error.description.contains("certificate verify failed"))
        #expect(!error.debugDescription.contains(tls.server.password))
    }

    @Test func aCertificateForAnotherNameIsRefusedByVerifyFullAlone() async throws {
        let tls = try await TLSServer.shared
        let host = "database.example"
        let error = try #require(try await refusal(tls.url(mode: "verify-full", authority: tls.certificate, host: host)))
        #expect(error.code == .connection && error.description.contains("does not match host name \"\(host)\""))
        #expect(!error.debugDescription.contains(tls.server.password))
        #expect(try await refusal(tls.url(mode: "verify-ca", authority: tls.certificate, host: host)) == nil)
    }

    @Test func aServerWithoutTLSIsRefusedWhereItIsRequired() async throws {
        let server = try await TestCluster.shared.server()
        let error = try #require(try await refusal(server.connectionString() + "?sslmode=require"))
        #expect(error.code == .connection && error.description.contains("server does not support SSL"))
    }

    @Test func aLibraryThatCanNotBeAskedIsRefusedAtTheStart() async throws {
        let tls = try await TLSServer.shared
        for (mode, isRefused) in [("require", true), ("disable", false)] {
            try await withDatabase(at: tls.url(mode: mode)) { (database) async throws in
                try await database.withConnection { (connection) async throws in
                    let error = try await postgresError { try DecryptedInput(on: #require(connection.wire.handle), pending: nil) }
                    #expect((error?.code == .misuse) == isRefused)
                }
            }
        }
    }

    // MARK: What goes through

    @Test func largeResultsComeWhole() async throws {
        try await onTLS { (database) async throws in
            let rows = try await database.query(
                .once("SELECT i, repeat('x', i % 3000) FROM generate_series(1, 10000) AS i"))
            let length = try rows.reduce(0) { $0 + (try $1[1].decode(String.self).utf8.count) }
            #expect(rows.count == 10_000 && length == (0..<10_000).reduce(0) { $0 + ($1 + 1) % 3_000 })
            let wide = try await database.query(.once("SELECT repeat('y', 20000000)")).value(String.self)
            #expect(wide.utf8.count == 20_000_000)
        }
    }

    @Test func copyGoesInAndOut() async throws {
        try await onTLS { (database) async throws in
            try await database.withConnection { (connection) async throws in
                try await connection.run(script: "CREATE TEMP TABLE copied (i int, text text)")
                let text = String(repeating: "z", count: 500)
                let copied = try await connection.copyIn(into: "copied", columns: ["i", "text"]) { writer in
                    for number in 1...20_000 { try await writer.row(number, text) }
                }
                #expect(copied == 20_000)
                var (rows, bytes) = (0, 0)
                try await connection.copyOut("COPY copied TO STDOUT") { row in
                    rows += 1
                    bytes += row.count
                }
                #expect(rows == 20_000 && bytes == 20_000 * 502 + (1...20_000).reduce(0) { $0 + "\($1)".utf8.count })
            }
        }
    }

    @Test func aLongPipelineGoesBothWaysAtOnce() async throws {
        try await onTLS { (database) async throws in
            let echo = Statement("tls_echo", "SELECT $1::text || $1")
            let texts = (1...2_000).map { String(repeating: "p", count: $0) }
            let answers = try await database.pipeline(texts.map { Request(echo, [$0]) })
            #expect(try answers.map { try $0.value(String.self).utf8.count } == texts.map { $0.utf8.count * 2 })
        }
    }

    @Test func cancellationReachesTheServer() async throws {
        try await onTLS { (database) async throws in
            try await database.withConnection { (connection) async throws in
                let sleeping = Task { try await connection.query(.once("SELECT pg_sleep(600)")) }
                try await eventually("the statement runs") {
                    try await database.query(
                        .once("SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'"),
                        [connection.processID]
                    ).value(Int.self) == 1
                }
                sleeping.cancel()
                #expect(try await postgresError { try await sleeping.value }?.code == .cancelled)
                #expect(try await connection.query(isEncrypted).value(Bool.self))
            }
        }
    }

    @Test(.timeLimit(.minutes(5))) func aListenerHearsEverything() async throws {
        let tls = try await TLSServer.shared
        let url = tls.url(mode: "verify-full", authority: tls.certificate)
        let listener = Listener(DatabaseConfiguration(url), logger: .quiet)
        let running = Task { try await listener.run() }
        defer { running.cancel() }
        var events = listener.notifications(on: "tls").makeAsyncIterator()
        #expect(await events.next() == .listening)
        try await onTLS { (database) async throws in
            _ = try await database.query(
                .once("SELECT count(pg_notify('tls', repeat('n', 100) || i)) FROM generate_series(1, 3000) AS i"))
        }
        for number in 1...3_000 {
            #expect(await events.next() == .notification(payload: String(repeating: "n", count: 100) + "\(number)"))
        }
    }
}

/// A server of version 15 writes no record that is larger than what libpq has room for. Others do, and so does a pooler that could not
/// send for a while.
@Suite("TLS records that libpq takes in two parts", .database) struct LargeRecordTests {
    private func behindPooler(_ body: (_ url: String, PgBouncer) async throws -> Void) async throws {
        let tls = try await TLSServer.shared
        let settings = [
            "pool_mode": "session", "pkt_buf": "65536", "client_tls_sslmode": "require",
            "client_tls_cert_file": tls.certificate.path(), "client_tls_key_file": tls.key.path(),
        ]
        try await PgBouncer.with(settings: settings) { (bouncer) async throws in
            try await body(bouncer.url(for: try TestDatabase.current.url) + "?sslmode=require", bouncer)
        }
    }

    /// Rows of 6,000 bytes: libpq's buffer is often half full when the last record comes.
    @Test func resultsOfEverySizeEnd() async throws {
        let rows = Statement(
            "rows", "SELECT repeat('x', 6000) FROM (SELECT pg_advisory_xact_lock(1)) AS turn, generate_series(1, $1)")
        let lock = Statement("lock", "SELECT pg_advisory_lock(1)")
        let unlock = Statement("unlock", "SELECT pg_advisory_unlock(1)")
        let waiting = Statement(
            "waiting", "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'")
        let isIdle = Statement("is_idle", "SELECT state = 'idle' FROM pg_stat_activity WHERE pid = $1")
        try await behindPooler { url, bouncer in
            let database = Database(DatabaseConfiguration(url), logger: .quiet)
            try await withDatabase { (observer) async throws in
                for count in 5...45 {
                    try await observer.withConnection { (holder) async throws in
                        _ = try await holder.query(lock)
                        let received = Guarded(0)
                        let asking = Task {
                            let rows = try await database.query(rows, [count])
                            received.withLock { $0 = rows.count }
                        }
                        defer { asking.cancel() }
                        var server: Int32?
                        try await eventually("the server has the question") {
                            server = try await holder.query(waiting).first?.decode(Int32.self)
                            return server != nil
                        }
                        try bouncer.suspend()
                        _ = try await holder.query(unlock)
                        try await eventually("the server has answered") { try await holder.query(isIdle, [server]).value() }
                        try bouncer.goOn()
                        try await eventually("\(count) rows arrive") { received.withLock { $0 } == count }
                    }
                }
            }
            await database.close()
        }
    }

    @Test func notificationsArriveWhileNothingIsAsked() async throws {
        let notify = Statement(
            "flood", "SELECT count(pg_notify('flood', repeat('n', 7000) || i)) FROM generate_series(1, $1) AS i")
        try await behindPooler { url, bouncer in
            let connector = Connector(configuration: DatabaseConfiguration(url), catalog: StatementCatalog(), logger: .quiet)
            let connection = try await connector.open()
            defer { connection.loop.execute { connection.wire.close() } }
            let heard = Tally()
            connection.loop.execute { connection.wire.onNotification = { _, _ in heard.add() } }
            try await connection.run(script: "LISTEN flood")
            try await withDatabase { (database) async throws in
                var sent = 0
                for count in 5...45 {
                    try bouncer.suspend()
                    _ = try await database.query(notify, [count])
                    sent += count
                    try await eventually("the server has sent them") {
                        try await database.query(.once("SELECT pg_notification_queue_usage() = 0")).value()
                    }
                    try bouncer.goOn()
                    try await eventually("all \(sent) arrive") { heard.count == sent }
                }
            }
        }
    }
}
