import Operations
import Postgres

/// Leaving.
enum SignOut {
    static func one(_ request: ConsoleRequest) async throws -> Answer {
        try await request.acting.withTransaction { connection in
            try await request.services.sessions.end(request.who.session, on: connection)
            try await record("console.sign_out", .none, request, connection)
        }
        return .goTo("/sign-in")
    }

    static func everywhere(_ request: ConsoleRequest) async throws -> Answer {
        try await request.acting.withTransaction { connection in
            let ended = try await request.services.sessions.endAll(of: request.who.operatorID, on: connection)
            try await record("console.sign_out_everywhere", .object(["sessions": .integer(ended)]), request, connection)
        }
        return .goTo("/sign-in")
    }

    private static func record(
        _ action: String, _ detail: OutputValue, _ request: ConsoleRequest, _ connection: Connection
    ) async throws {
        try await OperatorActionStore.record(
            .init(tenant: nil, who: request.who.name, action: action, detail: detail), on: connection)
    }
}
