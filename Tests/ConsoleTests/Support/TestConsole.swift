import AsyncHTTPClient
import Foundation
import Logging
import Operations
import Postgres
import Runtime
import ServiceLifecycle
import TestSupport

@testable import Console

/// A console in this process, on the suite's database, with the rights of its role.
final class TestConsole: Sendable {
    /// The test's own way to the database: everything allowed.
    let database: Database
    let services: ConsoleServices
    private let server: ConsoleServer
    private let group: ServiceGroup
    /// Never a password of anybody.
    static let password = "one two three four five"

    var port: Int { server.port ?? 0 }
    var address: String { "http://127.0.0.1:\(port)" }

    /// Runs `body` with a console that serves, then stops it.
    static func run(
        settings change: (inout ConsoleSettings) -> Void = { _ in }, provider: OpenIDProvider? = nil,
        bounds: ConnectionBounds = ConnectionBounds(), _ body: (TestConsole) async throws -> Void
    ) async throws {
        let console = try TestConsole(change, provider, bounds)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await console.group.run() }
            do {
                try await eventually("the console serves") { console.server.port != nil }
                try await body(console)
            } catch {
                await console.group.triggerGracefulShutdown()
                throw error
            }
            await console.group.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        await console.close()
    }

    private init(_ change: (inout ConsoleSettings) -> Void, _ provider: OpenIDProvider?, _ bounds: ConnectionBounds)
        throws
    {
        var settings = ConsoleSettings()
        settings.port = 0
        // Patience that also lasts on a machine that has much else to do.
        settings.pagePatience = .seconds(60)
        change(&settings)
        var logger = Logger(label: "console")
        logger.logLevel = .critical
        database = try TestDatabase.current.connect()
        let acting = try TestDatabase.current.connect(as: "trunkline_console")
        var reading = DatabaseConfiguration(try TestDatabase.current.url, applicationName: "console")
        reading.settings["role"] = "trunkline_console"
        services = ConsoleServices.make(
            settings, acting: acting, reading: Database(ConsoleProgram.reading(reading, settings), logger: logger),
            cost: .least, provider: provider, logger: logger)
        server = ConsoleServer(services: services, tls: nil, bounds: bounds, logger: logger)
        group = ServiceGroup(
            configuration: .init(
                services: ([server, services.live] as [any Service]).map { .init(service: $0) }, logger: logger))
    }

    private func close() async {
        await services.reading.close()
        await services.acting.close()
        await database.close()
    }

    /// A browser of nobody yet.
    func browser() -> TestBrowser { TestBrowser(address: address) }

    /// A browser in which a new operator of that role is signed in.
    func signIn(_ role: OperatorRole, name: String? = nil) async throws -> TestBrowser {
        let name = name ?? "\(role.rawValue)-\(UInt32.random(in: 0 ... .max))"
        try await addOperator(name, role)
        let browser = browser()
        let answer = try await browser.signIn(name, Self.password)
        guard answer.status == 303 else { throw SignInFailed(status: answer.status) }
        return browser
    }

    func addOperator(_ name: String, _ role: OperatorRole) async throws {
        let hash = try PasswordHash(of: Self.password, cost: .least)
        _ = try await OperatorAccountStore(database: database).add(name: name, role: role, password: hash, who: "test")
    }

    /// What was written down, newest first.
    func audit(_ action: String? = nil) async throws -> [(who: String, action: String, target: String?, detail: String?)] {
        try await database.query(
            Statement(
                "",
                "SELECT who, action, target, detail::text FROM hub.operator_action WHERE action = coalesce($1, action) ORDER BY action_id DESC"
            ),
            [action]
        ).map { row in
            let (who, action, target, detail) = try row.decode(String.self, String.self, String?.self, String?.self)
            return (who, action, target, detail)
        }
    }

    /// Runs SQL as a superuser.
    func sql(_ script: String) async throws { try await database.withConnection { try await $0.run(script: script) } }

    struct SignInFailed: Error { let status: UInt }
}
