import Foundation
import Glibc
import TestSupport
import Testing

@testable import Postgres

@Suite("No thread of Swift's waits for the server", .database)
struct ThreadTests {
    /// The longest time between two turns of a task that only yields and sleeps, while `body` runs.
    private func longestStall(_ body: () async throws -> Void) async throws -> Duration {
        let ticker = Task {
            var longest = Duration.zero
            var last = ContinuousClock.now
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(5))
                let now = ContinuousClock.now
                longest = max(longest, now - last)
                last = now
            }
            return longest
        }
        try await body()
        ticker.cancel()
        return await ticker.value
    }

    /// Whether a task that only sleeps gets its turns while `body` runs. On a loaded machine, or beside a test that blocks threads
    /// of Swift's, it may not for once; where `body` takes them, it never does.
    private func holdsNobodyUp(_ body: () async throws -> Void) async throws -> Bool {
        for _ in 1...5 where try await longestStall(body) < .milliseconds(1_500) { return true }
        return false
    }

    @Test func statementsThatSleepHoldNobodyUp() async throws {
        try await withDatabase(maximumConnections: 32) { (database) async throws in
            let isFine = try await holdsNobodyUp {
                try await withThrowingTaskGroup { group in
                    for _ in 1...32 { group.addTask { _ = try await database.query(.once("SELECT pg_sleep(2)")) } }
                    try await group.waitForAll()
                }
            }
            #expect(isFine)
        }
    }

    @Test func aServerThatDoesNotAnswerHoldsNobodyUp() async throws {
        let silent = try SilentServer()
        let url = "host=127.0.0.1 port=\(silent.port) user=x dbname=x connect_timeout=2 sslmode=disable"
        try await withDatabase(at: url, { $0.acquireTimeout = .seconds(3) }) { (database) async throws in
            let isFine = try await holdsNobodyUp {
                try await withThrowingTaskGroup { group in
                    for _ in 1...8 {
                        group.addTask { _ = try await postgresError { try await database.query(.once("SELECT 1")) } }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(isFine)
        }
    }

    @Test func whatNobodyWaitsForRunsOnAThreadOfLowPriority() async throws {
        try await withDatabase({ $0.threads = .background }) { (database) async throws in
            try await database.withConnection { (connection) async throws in
                _ = try await connection.query(.once("SELECT 1"))
                #expect(threadName() == "pg-background\n")
                #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) == 10)
            }
        }
    }

    @Test func whatCanDoWithoutRunsOnAThreadThatTakesWhatIsLeft() async throws {
        try await withDatabase({ $0.threads = .spare }) { (database) async throws in
            try await database.withConnection { (connection) async throws in
                _ = try await connection.query(.once("SELECT 1"))
                #expect(threadName() == "pg-spare\n")
                // SCHED_IDLE
                #expect(sched_getscheduler(0) == 5)
            }
        }
    }

    @Test func threadsDoNotInheritThePriorityOfTheOneThatNeedsThem() async {
        let threads = BlockingThreads(name: "pg-test", limit: 1)
        let policies = await withCheckedContinuation { continuation in
            EventLoop.spare.execute {
                let asking = sched_getscheduler(0)
                threads.run { continuation.resume(returning: [asking, sched_getscheduler(0)]) }
            }
        }
        #expect(policies == [5, SCHED_OTHER])
    }

    @Test func aBodyRunsWhereItsAnswersArrive() async throws {
        try await withDatabase { (database) async throws in
            let names = try await database.withConnection { (connection) async throws in
                var names: Set<String> = []
                for _ in 1...20 {
                    _ = try await connection.query(.once("SELECT 1"))
                    names.insert(threadName())
                }
                return names
            }
            #expect(names.count == 1)
            #expect(names.first?.hasPrefix("pg-loop") == true)
        }
    }
}

private func threadName() -> String {
    (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
}

/// Takes connections and never says a word.
private final class SilentServer {
    let port: Int
    private let listener: Int32

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(listener, address, size)
                _ = Glibc.listen(listener, 64)
                _ = getsockname(listener, address, &size)
            }
        }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(listener) }
}
