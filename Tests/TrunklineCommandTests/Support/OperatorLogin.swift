import EmbeddedPostgres
import Foundation
import Postgres
import TestSupport

/// A login user that is a member of `trunkline_operator` and nothing else: the command has to do with its rights.
enum OperatorLogin {
    /// A libpq URI of such a user on the suite's database.
    static func url() async throws -> String {
        let current = try TestDatabase.current
        let name = "operator_\(UUID().uuidString.prefix(8).lowercased())"
        let database = current.connect(maximumConnections: 1)
        try await database.withConnection { connection in
            try await connection.run(script: "CREATE ROLE \(name) LOGIN PASSWORD 'open' IN ROLE trunkline_operator")
        }
        await database.close()
        let server = try await TestCluster.shared.server()
        let databaseName = String(current.url.split(separator: "/").last ?? "")
        return server.connectionString(database: databaseName, user: name, password: "open")
    }
}
