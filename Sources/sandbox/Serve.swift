public import ArgumentParser
public import Logging
import Sandbox
import ServiceLifecycle
import UnixSignals

/// `sandbox serve`: runs until it is told to stop, after one line of JSON that says where everything is.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve both vendors and the admin door.")

    @OptionGroup var ports: PortOptions
    @OptionGroup var tls: TLSOptions
    @OptionGroup var world: WorldOptions

    func run() async throws {
        var configuration = SandboxConfiguration()
        ports.apply(to: &configuration)
        try tls.apply(to: &configuration)
        try world.apply(to: &configuration)
        var logger = Logger(label: "sandbox") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = world.logLevel
        let server = SandboxServer(configuration, logger: logger)
        let group = ServiceGroup(
            services: [server, ReadyLine(server: server)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        do {
            try await group.run()
        } catch let error as SandboxStartError {
            throw ValidationError(error.description)
        }
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
