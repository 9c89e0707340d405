public import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Schema

/// The one private server of a test process, with a migrated template that databases are cloned from.
public actor TestCluster {
    public static let shared = TestCluster()

    private static let template = "trunkline_template"
    private var started: Task<EmbeddedPostgres, any Error>?
    private var clones = 0

    /// The server; started by whoever asks first.
    public func server() async throws -> EmbeddedPostgres {
        if let started { return try await started.value }
        let starting = Task { try await Self.start() }
        started = starting
        return try await starting.value
    }

    /// A new database with the whole schema in it; it goes when the cluster goes.
    public func clone() async throws -> String {
        let server = try await server()
        clones += 1
        let name = "clone_\(clones)"
        let administrator = TestDatabase.database(server.connectionString())
        try await administrator.withConnection { connection in
            try await connection.run(script: "CREATE DATABASE \(name) TEMPLATE \(Self.template)")
            // Rights on the database itself are not cloned with it.
            try await connection.run(
                script: """
                    GRANT TEMPORARY ON DATABASE \(name) TO trunkline_owner, trunkline_operator;
                    REVOKE TEMPORARY ON DATABASE \(name) FROM PUBLIC;
                    """)
        }
        await administrator.close()
        return server.connectionString(database: name)
    }

    /// A new database without anything in it.
    public func empty() async throws -> String {
        let server = try await server()
        clones += 1
        let name = "empty_\(clones)"
        let administrator = TestDatabase.database(server.connectionString())
        try await administrator.withConnection { connection in
            try await connection.run(script: "CREATE DATABASE \(name)")
        }
        await administrator.close()
        return server.connectionString(database: name)
    }

    private static func start() async throws -> EmbeddedPostgres {
        let server = try await EmbeddedPostgres.start(settings: ["max_connections": "500"], durable: false)
        let administrator = TestDatabase.database(server.connectionString())
        try await administrator.withConnection { connection in
            try await connection.run(script: "CREATE DATABASE \(template)")
        }
        await administrator.close()
        // A template can be cloned only while nobody is connected to it.
        let database = TestDatabase.database(server.connectionString(database: template))
        _ = try await Migrator.migrate(on: database, logger: Logger(label: "migrate"))
        await database.close()
        return server
    }
}
