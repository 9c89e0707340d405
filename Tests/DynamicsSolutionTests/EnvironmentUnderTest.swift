import AsyncHTTPClient
import Dynamics
import Foundation
import Logging
import Model
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

    func remove(_ definition: SolutionDefinition) async throws -> [SolutionEvent] {
        let state = try await EnvironmentReader(dynamics: dynamics).read(definition)
        return try await SolutionRemover(dynamics: dynamics, solution: definition.names.name, pause: Self.pause)
            .remove(SolutionRemover.removable(definition, state), in: state)
    }

    static let pause: @Sendable (Duration) async throws -> Void = { _ in try await Task.sleep(for: .milliseconds(20)) }
}
