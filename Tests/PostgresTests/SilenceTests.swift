import CLibpq
import Glibc
import TestSupport
import Testing

@testable import Postgres

/// A server that says nothing more: its machine lost its power, or the network between drops everything.
@Suite("A server that fell silent", .database)
struct SilenceTests {
    /// What the kernel was told about a connection's socket.
    private struct Patience: Equatable {
        /// Milliseconds that sent data may go unacknowledged.
        var unacknowledged: Int32
        /// Seconds until an idle connection is probed, between probes, and how many may go unanswered.
        var idle: Int32
        var interval: Int32
        var count: Int32

        init(unacknowledged: Int32, idle: Int32, interval: Int32, count: Int32) {
            (self.unacknowledged, self.idle, self.interval, self.count) = (unacknowledged, idle, interval, count)
        }

        init(of descriptor: Int32) {
            func option(_ name: Int32) -> Int32 {
                var value: Int32 = -1
                var length = socklen_t(MemoryLayout<Int32>.size)
                return getsockopt(descriptor, Int32(IPPROTO_TCP), name, &value, &length) == 0 ? value : -1
            }
            self.init(
                unacknowledged: option(TCP_USER_TIMEOUT), idle: option(TCP_KEEPIDLE), interval: option(TCP_KEEPINTVL),
                count: option(TCP_KEEPCNT))
        }
    }

    private func patience(of url: String) async throws -> Patience {
        try await withDatabase(at: url) { (database) async throws in
            try await database.withConnection { Patience(of: PQsocket($0.wire.handle)) }
        }
    }

    @Test func countsAsLostAfterTenSeconds() async throws {
        let patience = try await patience(of: try TestDatabase.current.url)
        #expect(patience == Patience(unacknowledged: 10_000, idle: 5, interval: 2, count: 3))
    }

    @Test func theConnectionStringHasTheLastWord() async throws {
        let url = try TestDatabase.current.url
        let patience = try await patience(of: url + (url.contains("?") ? "&" : "?") + "tcp_user_timeout=3000&keepalives_idle=60")
        #expect(patience == Patience(unacknowledged: 3_000, idle: 60, interval: 2, count: 3))
    }
}
