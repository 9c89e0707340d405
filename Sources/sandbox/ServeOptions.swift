public import ArgumentParser
import Foundation
import Logging
public import Sandbox

struct PortOptions: ParsableArguments {
    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port of the simulated Enreach Cloud; 0 takes a free one.")
    var enreachPort = 0

    @Option(help: "Port of the simulated Dataverse and its sign-in; 0 takes a free one.")
    var dataversePort = 0

    @Option(help: "Port of the admin door; 0 takes a free one.")
    var adminPort = 0

    func apply(to configuration: inout SandboxConfiguration) {
        configuration.host = host
        configuration.enreachPort = enreachPort
        configuration.dataversePort = dataversePort
        configuration.adminPort = adminPort
    }
}

struct TLSOptions: ParsableArguments {
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case selfSigned = "self-signed"
    }

    @Option(help: "Make a throw-away certificate authority and serve with a certificate of it.")
    var tls: Mode?

    @Option(help: "Folder for the throw-away authority's files.")
    var tlsFolder: String?

    @Option(help: "Certificate chain in PEM.")
    var tlsCertificate: String?

    @Option(help: "Key of that certificate in PEM.")
    var tlsKey: String?

    func apply(to configuration: inout SandboxConfiguration) throws {
        switch (tls, tlsCertificate, tlsKey) {
        case (nil, nil, nil): break
        case (nil, let certificate?, let key?):
            configuration.tls = .files(certificate: certificate, key: key)
        case (.selfSigned, nil, nil):
            let folder = tlsFolder ?? FileManager.default.temporaryDirectory.appendingPathComponent("sandbox-tls-\(UUID())").path
            configuration.tls = .selfSigned(folder: folder)
        default:
            throw ValidationError("give either --tls self-signed, or both --tls-certificate and --tls-key")
        }
    }
}

struct WorldOptions: ParsableArguments {
    @Option(help: "Everything drawn at random follows from it.")
    var seed: UInt64 = 1

    @Option(help: "How many times faster limits, delays, life times and a live scenario run.")
    var speed: Double = 1

    @Option(help: "Scenario to load before the ports open: people, busy-morning, bulk or callbacks.")
    var scenario: ScenarioRequest.Name?

    @Option(help: "Calls of that scenario.")
    var calls: Int?

    @Option(help: "Callback requests of that scenario; 500 in the scenario callbacks, else none.")
    var callbacks: Int?

    @Option(help: "The scenario happens from now on within that many seconds, in place of having happened already.")
    var live: Double?

    @Option(help: "Seconds from a change in Enreach to the moment its API shows it.")
    var visibleAfter: Double = 10

    @Option(help: "Where Enreach sends webhooks.")
    var webhook: String?

    @Option(help: "The token it sends along.")
    var webhookSecret = "demo-webhook-secret"

    @Flag(help: "Service protection limits as published.")
    var limits = false

    @Flag(help: "Execution times as on a real environment: 40 ms reads, 150 ms creates, 20 ms network.")
    var latency = false

    @Option(help: "Execution time of each row that a query returns, in microseconds; with --latency.")
    var rowLatency = 0.0

    @Option(help: "Least severe log level on standard error.")
    var logLevel = Logger.Level.info

    func apply(to configuration: inout SandboxConfiguration) throws {
        guard rowLatency >= 0 else { throw ValidationError("--row-latency must not be negative") }
        guard speed > 0 else { throw ValidationError("--speed must be greater than 0") }
        if let live, live <= 0 { throw ValidationError("--live must be greater than 0") }
        configuration.seed = seed
        configuration.speed = speed
        configuration.enreach.visibleAfter = visibleAfter
        configuration.enreach.webhook = webhook.map { WebhookTarget(endpoint: $0, secret: webhookSecret) }
        configuration.dataverse.limits = limits ? DataverseLimits() : .off
        configuration.dataverse.latency = latency ? .typical : .off
        if latency { configuration.dataverse.latency.row = rowLatency / 1_000_000 }
        if let scenario {
            configuration.scenario = ScenarioRequest(
                scenario, calls: calls, callbacks: callbacks, mode: live == nil ? .past : .live, seconds: live)
        }
    }
}

extension ScenarioRequest.Name: ExpressibleByArgument {}
