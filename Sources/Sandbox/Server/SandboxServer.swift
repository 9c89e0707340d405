import Foundation
public import Logging
public import ServiceLifecycle
import Synchronization

/// Both vendors on loopback: a simulated Enreach Cloud, a simulated Dataverse with its sign-in, and an admin door.
///
/// Run it as a service, or in a test: `let sandbox = try await SandboxServer.start(); …; await sandbox.stop()`.
public final class SandboxServer: Service {
    public let configuration: SandboxConfiguration
    public let clock: SimulatedClock
    public let faults: FaultPlan
    public let enreach: EnreachCloud
    public let dataverse: Dataverse
    public let stage: ScenarioStage
    let requests = RequestLog()
    let webhooks: WebhookSender
    let enreachClock: SkewedClock
    let dataverseClock: SkewedClock
    let logger: Logger

    private struct State {
        var addresses: SandboxAddresses?
        var listeners: [FaultSide: HTTPListener] = [:]
        var waiters: [CheckedContinuation<SandboxAddresses, any Error>] = []
        var running: Task<Void, any Error>?
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    public init(_ configuration: SandboxConfiguration = .init(), logger: Logger = Logger(label: "sandbox")) {
        self.configuration = configuration
        self.logger = logger
        clock = SimulatedClock(start: configuration.start, speed: configuration.speed)
        enreachClock = SkewedClock(clock)
        dataverseClock = SkewedClock(clock)
        faults = FaultPlan(configuration.faults, seed: configuration.seed)
        var enreachConfiguration = configuration.enreach
        enreachConfiguration.seed = configuration.seed
        enreach = EnreachCloud(configuration: enreachConfiguration, clock: enreachClock, faults: faults)
        var dataverseConfiguration = configuration.dataverse
        dataverseConfiguration.seed = configuration.seed
        dataverse = Dataverse(
            configuration: dataverseConfiguration, clock: dataverseClock, faults: DataverseFaultAdapter.decision(faults),
            webhookFaults: DataverseFaultAdapter.webhooks(faults))
        webhooks = WebhookSender(configuration: enreachConfiguration, clock: clock, faults: faults, logger: logger)
        enreach.onCallbackChange { [webhooks] callback, event in webhooks.callbackChanged(callback, event) }
        stage = ScenarioStage(
            enreach: enreach, dataverse: dataverse, clock: clock, webhooks: webhooks, seed: configuration.seed, logger: logger)
    }

    /// Requests to the simulated Dataverse so far, sign-ins not counted.
    public var dataverseRequests: Int { requests.figures(last: 0).bySide["dataverse"] ?? 0 }

    /// Starts a sandbox in a task of its own and returns when its ports are open. End it with `stop()`.
    public static func start(
        _ configuration: SandboxConfiguration = .init(),
        logger: Logger = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
    ) async throws -> SandboxServer {
        let server = SandboxServer(configuration, logger: logger)
        let task = Task { try await server.run() }
        server.state.withLock { $0.running = task }
        _ = try await server.ready()
        return server
    }

    /// Where it is found. Only after it is ready.
    public var addresses: SandboxAddresses {
        guard let addresses = state.withLock({ $0.addresses }) else { preconditionFailure("the sandbox is not ready yet") }
        return addresses
    }

    /// Waits until the ports are open. Throws what kept them from opening.
    public func ready() async throws -> SandboxAddresses {
        try await withCheckedThrowingContinuation { continuation in
            let known = state.withLock { state -> Result<SandboxAddresses, any Error>? in
                if let failure = state.failure { return .failure(failure) }
                if let addresses = state.addresses { return .success(addresses) }
                state.waiters.append(continuation)
                return nil
            }
            if let known { continuation.resume(with: known) }
        }
    }

    /// Ends a sandbox made by `start`: closes the ports, lets running requests finish for a moment.
    public func stop() async {
        let (task, listeners) = state.withLock { ($0.running, Array($0.listeners.values)) }
        for listener in listeners { listener.stop() }
        task?.cancel()
        _ = await task?.result
    }

    /// Serves until graceful shutdown or cancellation.
    public func run() async throws {
        do {
            if let scenario = configuration.scenario { try await stage.load(scenario) }
            try await serve()
        } catch {
            settle(.failure(error))
            throw error
        }
    }

    /// Closes one side's port for that many real seconds, cutting what is open.
    public func outage(of side: FaultSide, seconds: Double) {
        let listener = state.withLock { $0.listeners[side == .signIn ? .dataverse : side] }
        listener?.outage(seconds: seconds)
    }

    private func serve() async throws {
        let tls = try TLSMaterial.prepare(configuration.tls, host: configuration.host)
        let host = configuration.host
        let enreachListener = listener(
            .enreach, HTTPListener.Configuration(host: host, port: configuration.enreachPort, tls: tls?.context))
        let dataverseListener = listener(
            .dataverse, HTTPListener.Configuration(host: host, port: configuration.dataversePort, tls: tls?.context))
        let door = AdminDoor(server: self)
        let adminListener = HTTPListener(
            HTTPListener.Configuration(host: host, port: configuration.adminPort), logger: logger
        ) { await door.respond(to: $0) }
        let listeners = [enreachListener, dataverseListener, adminListener]
        state.withLock { $0.listeners = [.enreach: enreachListener, .dataverse: dataverseListener] }
        let bound = Countdown(listeners.count)
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.stage.run() }
                group.addTask { await self.webhooks.run() }
                group.addTask { await self.dataverse.runWebhooks() }
                group.addTask { await self.enreach.routing.run() }
                try await withThrowingTaskGroup(of: Void.self) { ports in
                    for listener in listeners {
                        ports.addTask {
                            try await listener.run { _ in
                                guard bound.down() else { return }
                                self.announce(enreachListener, dataverseListener, adminListener, ca: tls?.authorityFile)
                            }
                        }
                    }
                    // The first to fail ends the others.
                    while try await ports.next() != nil {}
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            for listener in listeners { listener.stop() }
            self.stage.finish()
        }
    }

    private func listener(_ side: FaultSide, _ base: HTTPListener.Configuration) -> HTTPListener {
        var configuration = base
        configuration.refuses = { [faults] in faults.strike(.refuse, on: side) != nil }
        return HTTPListener(configuration, logger: logger) { [self] request in
            await respond(to: request, side: side)
        }
    }

    private func announce(
        _ enreach: HTTPListener, _ dataverse: HTTPListener, _ admin: HTTPListener, ca: String?
    ) {
        let name = configuration.host == "0.0.0.0" ? "127.0.0.1" : configuration.host
        let first = "\(enreach.scheme)://\(name):\(enreach.port)"
        let second = "\(dataverse.scheme)://\(name):\(dataverse.port)"
        settle(
            .success(
                SandboxAddresses(
                    enreach: first + configuration.enreach.apiPath, enreachDiscovery: first, dataverse: second,
                    authority: second, admin: "http://\(name):\(admin.port)", ca: ca)))
    }

    private func settle(_ result: Result<SandboxAddresses, any Error>) {
        let waiters = state.withLock { state in
            switch result {
            case .success(let addresses): state.addresses = addresses
            case .failure(let error): state.failure = error
            }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(with: result) }
    }
}

/// Counts to zero once, from several tasks.
private final class Countdown: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) {
        left = Mutex(count)
    }

    /// Returns true to the one who made it zero.
    func down() -> Bool {
        left.withLock { left in
            left -= 1
            return left == 0
        }
    }
}
