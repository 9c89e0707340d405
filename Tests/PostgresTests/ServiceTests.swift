import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@Suite("The pool is a service", .database)
struct ServiceTests {
    @Test(.timeLimit(.minutes(1))) func gracefulShutdownLetsWorkFinishAndClosesTheConnections() async throws {
        let database = try TestDatabase.current.connect()
        let group = ServiceGroup(services: [database], logger: .quiet)
        let running = Task { try await group.run() }
        let work = Task { try await database.query(.once("SELECT 7, pg_sleep(0.2)")).value(Int.self) }
        try await eventually(within: .seconds(60), "the work has its connection") {
            database.status.open - database.status.idle == 1
        }
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(try await work.value == 7)
        #expect(database.status.open == 0)
        #expect(try await postgresError { try await database.query(.once("SELECT 1")) }?.code == .poolClosed)
    }

    @Test(.timeLimit(.minutes(1))) func connectionsThatNobodyNeedsAreClosed() async throws {
        try await withDatabase(maximumConnections: 5, { $0.idleTimeout = .milliseconds(50) }) { (database) async throws in
            let running = Task { try await database.run() }
            try await withThrowingTaskGroup { group in
                for _ in 1...5 { group.addTask { _ = try await database.query(.once("SELECT pg_sleep(0.05)")) } }
                try await group.waitForAll()
            }
            #expect(database.status.open > 1)
            try await eventually(within: .seconds(60), "one is left") { database.status.open == 1 }
            running.cancel()
            try await running.value
        }
    }

    @Test(.timeLimit(.minutes(1))) func aPoolThatIsForgottenClosesItsConnections() async throws {
        try await withDatabase { (observer) async throws in
            let name = "forgotten"
            let open = Statement.once("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1")
            do {
                var configuration = DatabaseConfiguration(try TestDatabase.current.url, applicationName: name)
                configuration.maximumConnections = 2
                let database = Database(configuration, logger: .quiet)
                _ = try await database.query(.once("SELECT 1"))
                #expect(try await observer.query(open, [name]).value(Int.self) == 1)
            }
            try await eventually(within: .seconds(60), "it is closed") {
                try await observer.query(open, [name]).value(Int.self) == 0
            }
        }
    }
}
