public import Logging
public import ServiceLifecycle
import Synchronization

/// Holds a program's services back until what they all need is there, and says on `/health/ready` what is missing.
///
/// The check runs again, with growing pauses up to three seconds, until it passes or throws ``GateRefusal``. Once open the gate
/// stays open, but the check goes on every ten seconds for the sake of `/health/ready`.
public final class StartGate: Service {
    private enum State {
        case closed([UInt64: CheckedContinuation<Bool, Never>])
        case open
        case shut
    }

    private let name: String
    private let loss: Readiness.State
    private let check: @Sendable () async throws -> Void
    private let readiness: Readiness
    private let logger: Logger
    private let state = Mutex(State.closed([:]))
    private let tickets = Atomic<UInt64>(0)

    /// - Parameter loss: the state of the program when the check fails after the gate has opened.
    public init(
        _ name: String, lossMeans loss: Readiness.State = .unready, readiness: Readiness, logger: Logger,
        check: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.loss = loss
        self.readiness = readiness
        self.logger = logger
        self.check = check
        readiness.set(name, .unready, "not reached yet")
    }

    public func run() async throws {
        defer { resolve(.shut) }
        try await cancelWhenGracefulShutdown { [self] in
            try await untilOpen()
            while !Task.isCancelled { await watch() }
        }
    }

    private func untilOpen() async throws {
        var attempt = 0
        while !Task.isCancelled {
            do {
                try await check()
                readiness.set(name, .ready)
                resolve(.open)
                return
            } catch let refusal as GateRefusal {
                readiness.set(name, .unready, refusal.description)
                throw refusal
            } catch {
                attempt += 1
                let pause = min(Duration.milliseconds(50) * (1 << min(attempt, 7)), .seconds(3))
                let text = "\(error); attempt \(attempt), next in \(pause)"
                readiness.set(name, .unready, text)
                if attempt == 1 || attempt % 12 == 0 {
                    logger.warning("Waiting for the \(name)", metadata: ["reason": "\(text)"])
                }
                try? await Task.sleep(for: pause)
            }
        }
    }

    private func watch() async {
        do {
            try await Task.sleep(for: .seconds(10))
            try await check()
            readiness.set(name, .ready)
        } catch let refusal as GateRefusal {
            readiness.set(name, .degraded, refusal.description)
        } catch {
            if !Task.isCancelled { readiness.set(name, loss, "\(error)") }
        }
    }

    private func resolve(_ new: State) {
        let waiting = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
            guard case .closed(let waiting) = state else { return [] }
            state = new
            return Array(waiting.values)
        }
        var isOpen = false
        if case .open = new { isOpen = true }
        for continuation in waiting { continuation.resume(returning: isOpen) }
    }

    /// Waits until the gate opens; false when the program stops, or the waiting task is cancelled, before it does.
    public func passed() async -> Bool {
        let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    switch state {
                    case .open: return true
                    case .shut: return false
                    case .closed(var waiting):
                        if Task.isCancelled { return false }
                        waiting[ticket] = continuation
                        state = .closed(waiting)
                        return nil
                    }
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
                guard case .closed(var waiting) = state else { return nil }
                let continuation = waiting.removeValue(forKey: ticket)
                state = .closed(waiting)
                return continuation
            }
            continuation?.resume(returning: false)
        }
    }

    /// `service` behind this gate: it runs once the gate is open.
    public func holding(_ service: any Service) -> any Service { GatedService(gate: self, service: service) }
}

/// Why a gate will never open, in one line: the program ends with `exitCode`.
public struct GateRefusal: Error, Sendable, CustomStringConvertible {
    public var description: String
    public var exitCode: Int32

    public init(_ description: String, exitCode: Int32) {
        self.description = description.split(whereSeparator: \.isNewline).joined(separator: " ")
        self.exitCode = exitCode
    }
}

private struct GatedService: Service {
    let gate: StartGate
    let service: any Service

    func run() async throws {
        // When the program stops before the gate opened, waiting must end with it.
        let isOpen = await cancelWhenGracefulShutdown { await gate.passed() }
        if isOpen { try await service.run() } else { try? await gracefulShutdown() }
    }
}
