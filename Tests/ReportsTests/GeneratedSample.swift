import GeneratedData
import Postgres
import TestSupport

/// One generated hub for all tests that only read it: small enough to be made in seconds, large enough for the planner to use indexes.
actor GeneratedSample {
    static let shared = GeneratedSample()

    private var made: Task<TestDatabase, any Error>?

    /// Lends a connection of the superuser and one of the reporting role.
    static func read<R>(_ body: (_ all: Database, _ reports: Database) async throws -> R) async throws -> R {
        let test = try await shared.test()
        let (all, reports) = (test.connect(maximumConnections: 2), test.connect(as: "trunkline_report", maximumConnections: 1))
        do {
            let result = try await body(all, reports)
            await all.close()
            await reports.close()
            return result
        } catch {
            await all.close()
            await reports.close()
            throw error
        }
    }

    private func test() async throws -> TestDatabase {
        if let made { return try await made.value }
        let making = Task {
            let test = try await TestDatabase.current.fresh()
            let database = test.connect(maximumConnections: 4)
            try await GeneratedHub(Sizes(calls: 60_000, jobs: 120_000), on: database).generate()
            await database.close()
            return test
        }
        made = making
        return try await making.value
    }
}
