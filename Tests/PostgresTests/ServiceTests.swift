import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@Suite("The pool is a service", .database)
struct ServiceTests {
    @Test(.timeLimit(.minutes(5))) func gracefulShutdownLetsWorkFinishAndClosesTheConnections() async throws {
        let database = try TestDatabase.current.connect()
        let group = ServiceGroup(services: [database], logger: .quiet)
        let running = Task { try await group.run() }
        let gate = Gate(2)
        let work = Task {
            try await database.withConnection { (connection) async throws in
                await gate.pass()
                return try await connection.query(.once("SELECT 7")).value(Int.self)
            }
        }
        try await eventually(within: .seconds(60), "the work has its connection") {
            database.status.open - database.status.idle == 1
        }
        await group.triggerGracefulShutdown()
        try await eventually("nobody new is let in") {
            try await postgresError { try await database.query(.once("SELECT 1")) }?.code == .poolClosed
        }
        await gate.pass()
        try await running.value
        #expect(try await work.value == 7)
        #expect(database.status.open == 0)
    }

    @Test(.timeLimit(.minutes(5))) func connectionsThatNobodyNeedsAreClosed() async throws {
        try await withDatabase(maximumConnections: 5, { $0.idleTimeout = .milliseconds(50) }) { (database) async throws in
            let running = Task { try await database.run() }
            // None goes on before each has a connection of its own.
            let gate = Gate(5)
            try await withThrowingTaskGroup { group in
                for _ in 1...5 { group.addTask { try await database.withConnection { _ in await gate.pass() } } }
                try await group.waitForAll()
            }
            try await eventually(within: .seconds(60), "one is left") { database.status.open == 1 }
            running.cancel()
            try await running.value
        }
    }

    @Test(.timeLimit(.minutes(5))) func aPoolThatIsForgottenClosesItsConnections() async throws {
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
