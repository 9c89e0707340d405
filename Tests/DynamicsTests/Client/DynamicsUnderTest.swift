import AsyncHTTPClient
import Dynamics
import Foundation
import Logging
import Sandbox

/// A sandbox in this process and a client that speaks to it.
struct DynamicsUnderTest: Sendable {
    let sandbox: SandboxServer
    let http: HTTPClient
    let budget: any RequestBudget

    var configuration: DynamicsConfiguration {
        var configuration = DynamicsConfiguration(
            url: sandbox.addresses.dataverse, directoryID: sandbox.configuration.dataverse.directory,
            clientID: DataverseApplication.demo.clientID, credentials: [.secret(DataverseApplication.demo.secrets[0])])
        configuration.authority = sandbox.addresses.authority
        return configuration
    }

    static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    var client: DynamicsClient { client { _ in } }

    func client(_ change: (inout DynamicsConfiguration) -> Void) -> DynamicsClient {
        var configuration = configuration
        change(&configuration)
        return DynamicsClient(configuration: configuration, budget: budget, http: http, logger: Self.quiet)
    }
}

/// Runs a body against a sandbox of its own and stops it afterwards.
func withDynamics(
    budget: any RequestBudget = UnlimitedBudget(), _ change: (inout SandboxConfiguration) -> Void = { _ in },
    _ body: (DynamicsUnderTest) async throws -> Void
) async throws {
    var configuration = SandboxConfiguration()
    change(&configuration)
    let sandbox = try await SandboxServer.start(configuration)
    var outbound = HTTPClient.Configuration(redirectConfiguration: .disallow)
    outbound.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 416
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: outbound)
    let result: Result<Void, any Error>
    do {
        try await body(DynamicsUnderTest(sandbox: sandbox, http: http, budget: budget))
        result = .success(())
    } catch {
        result = .failure(error)
    }
    try await http.shutdown()
    await sandbox.stop()
    try result.get()
}

/// A phone call to write.
struct TestCall {
    var id = UUID()
    var subject = "Inbound call +31 20 555 0101"

    var path: String { "phonecalls(\(id.uuidString.lowercased()))" }

    var body: [UInt8] {
        var body = ODataBody()
        body.set("subject", subject)
        body.set("phonenumber", "+31205550101")
        body.set("directioncode", false)
        body.set("actualstart", Date(timeIntervalSince1970: 1_772_446_272))
        return body.bytes
    }

    static let completion = Array(#"{"statecode":1,"statuscode":4}"#.utf8)

    /// Creates and completes it in one transaction.
    var operation: BatchOperation { .changeSet([.createOnly(path, body), .updateOnly(path, Self.completion)]) }
}
