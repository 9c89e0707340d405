import AsyncHTTPClient
import Dynamics
import Foundation
import Logging
import Model
import NIOCore
import Sandbox

@testable import DynamicsSolution

/// An environment of the sandbox and the way to it.
struct EnvironmentUnderTest: Sendable {
    let sandbox: SandboxServer
    let dynamics: DynamicsClient

    /// Runs the body on an environment of its own, in which nothing was ever installed unless the change says so.
    static func with(
        _ change: (inout SandboxConfiguration) -> Void = { _ in }, _ body: (EnvironmentUnderTest) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration()
        configuration.dataverse.limits = .off
        configuration.dataverse.customColumns = []
        change(&configuration)
        let sandbox = try await SandboxServer.start(configuration)
        var dynamics = DynamicsConfiguration(
            url: sandbox.addresses.dataverse, directoryID: sandbox.configuration.dataverse.directory,
            clientID: DataverseApplication.demo.clientID, credentials: [.secret(DataverseApplication.demo.secrets[0])])
        dynamics.authority = sandbox.addresses.authority
        let client = DynamicsClient(
            configuration: dynamics, budget: UnlimitedBudget(), http: .shared,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let result: Result<Void, any Error>
        do {
            try await body(EnvironmentUnderTest(sandbox: sandbox, dynamics: client))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await sandbox.stop()
        try result.get()
    }

    func report(_ definition: SolutionDefinition, refused: [String: String] = [:]) async throws -> SolutionReport {
        try await SolutionReport.read(definition, from: dynamics, refusedKeys: refused, pause: Self.pause)
    }

    /// Installs what is missing. Waits for Dynamics are short.
    @discardableResult
    func install(_ definition: SolutionDefinition) async throws -> [SolutionEvent] {
        let report = try await report(definition)
        return try await SolutionInstaller(dynamics: dynamics, solution: definition.names.name, pause: Self.pause)
            .install(report.findings, in: report.state)
    }

    /// How often it was asked for the columns of a table.
    func columnRequests() async throws -> Int {
        struct Figures: Decodable { let byResource: [String: Int] }
        let answer = try await HTTPClient.shared.get(url: sandbox.addresses.admin + "/admin/requests?last=0").get()
        guard let body = answer.body else { return 0 }
        let figures = try JSONDecoder().decode(Figures.self, from: Data(body.readableBytesView))
        return figures.byResource.filter { $0.key.hasSuffix("EntityDefinitions()/Attributes") && $0.key.contains(" GET ") }.values
            .reduce(0, +)
    }

    func remove(_ definition: SolutionDefinition) async throws -> [SolutionEvent] {
        let state = try await EnvironmentReader(dynamics: dynamics).read(definition)
        return try await SolutionRemover(dynamics: dynamics, solution: definition.names.name, pause: Self.pause)
            .remove(SolutionRemover.removable(definition, state), in: state)
    }

    static let pause: @Sendable (Duration) async throws -> Void = { _ in try await Task.sleep(for: .milliseconds(20)) }
}
