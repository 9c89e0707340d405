import Logging
public import Postgres
public import Testing

/// The database of the suite that runs.
public struct TestDatabase: Sendable {
    /// A libpq URI of the superuser.
    public let url: String

    /// A database that is there already.
    public init(url: String) { self.url = url }

    @TaskLocal private static var suiteDatabase: TestDatabase?

    /// The database that the trait `.database` made; a suite without the trait has none.
    public static var current: TestDatabase {
        get throws {
            guard let suiteDatabase else { throw MissingTrait() }
            return suiteDatabase
        }
    }

    /// A pool on this database; the caller closes it.
    public func connect(as role: String? = nil, maximumConnections: Int = 8) -> Database {
        Self.database(url, role: role, maximumConnections: maximumConnections)
    }

    /// Another database of the same schema, for a test that must not share.
    public func fresh() async throws -> TestDatabase {
        TestDatabase(url: try await TestCluster.shared.clone())
    }

    static func database(_ url: String, role: String? = nil, maximumConnections: Int = 4) -> Database {
        var configuration = DatabaseConfiguration(url, applicationName: "tests")
        configuration.maximumConnections = maximumConnections
        if let role { configuration.settings["role"] = role }
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return Database(configuration, logger: logger)
    }

    static func provide(_ body: @Sendable () async throws -> Void) async throws {
        let database = TestDatabase(url: try await TestCluster.shared.clone())
        try await $suiteDatabase.withValue(database) { try await body() }
    }

    struct MissingTrait: Error, CustomStringConvertible {
        let description = "this suite needs the trait .database"
    }
}

/// Gives a suite, a single test or each test of a suite a database of its own that holds the migrated schema.
public struct DatabaseTrait: SuiteTrait, TestTrait, TestScoping {
    public let isRecursive: Bool

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await TestDatabase.provide(function)
    }
}

extension Trait where Self == DatabaseTrait {
    /// One for the suite, or for the test that bears it.
    public static var database: DatabaseTrait { DatabaseTrait(isRecursive: false) }

    /// One for each test of the suite, and for each case of those with arguments.
    public static var databaseEach: DatabaseTrait { DatabaseTrait(isRecursive: true) }
}
