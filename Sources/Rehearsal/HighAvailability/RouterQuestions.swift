import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Asks routers all the time where calls should go, as Enreach does, and counts what is no answer.
final class RouterQuestions: Sendable {
    struct Figures: Sendable {
        var asked = 0
        /// Sent elsewhere (200), and left on their way (204).
        var rerouted = 0
        var standard = 0
        /// Any other status, or no answer within Enreach's 5 s: how often each.
        var errors: [String: Int] = [:]
        var slowest: Duration = .zero

        var errorsInAll: Int { errors.values.reduce(0, +) }
    }

    /// How long Enreach waits.
    private static let patience = TimeAmount.seconds(5)

    let key: String
    private let pause: Duration
    private let state: Mutex<State>

    private struct State {
        var endpoints: [String]
        var figures = Figures()
        var isOver = false
    }

    /// - Parameter rate: questions a second for each router.
    init(endpoints: [String], key: String, rate: Int) {
        self.key = key
        state = Mutex(State(endpoints: endpoints))
        pause = .seconds(1) / rate
    }

    var figures: Figures { state.withLock { $0.figures } }

    /// No further questions; `run` returns when those that were asked have their answers.
    func end() { state.withLock { $0.isOver = true } }

    /// Another router is asked in that one's place from now on.
    func ask(_ endpoint: String, insteadOf index: Int) { state.withLock { $0.endpoints[index] = endpoint } }

    /// Asks until `end`.
    func run() async {
        await withDiscardingTaskGroup { group in
            let clock = ContinuousClock()
            var next = clock.now
            var number = 0
            while !state.withLock({ $0.isOver }), !Task.isCancelled {
                for endpoint in state.withLock({ $0.endpoints }) {
                    let caller = Self.caller(number)
                    group.addTask { await self.ask(endpoint, caller) }
                }
                number += 1
                next += pause
                try? await clock.sleep(until: next)
            }
        }
    }

    /// Every other caller is one of the sandbox's customers.
    private static func caller(_ number: Int) -> String {
        number % 2 == 0 ? "+35850\(1_000_000 + number % 500 * 11)" : "+4912345\(100_000 + number % 900_000)"
    }

    private func ask(_ endpoint: String, _ caller: String) async {
        var request = HTTPClientRequest(url: endpoint)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "X-Benemen-APIKey", value: key)
        request.body = .bytes(ByteBuffer(string: #"{"anum":"\#(caller)","bnum":"+35893100500"}"#))
        let began = ContinuousClock.now
        var fault: String?
        var isRerouted = false
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: Self.patience)
            _ = try await response.body.collect(upTo: 1 << 20)
            isRerouted = response.status == .ok
            if response.status != .ok, response.status != .noContent { fault = "status \(response.status.code)" }
        } catch {
            fault = "\(error)"
        }
        let took = ContinuousClock.now - began
        state.withLock { [fault, isRerouted] state in
            state.figures.asked += 1
            state.figures.slowest = max(state.figures.slowest, took)
            if let fault {
                state.figures.errors[fault, default: 0] += 1
            } else if isRerouted {
                state.figures.rerouted += 1
            } else {
                state.figures.standard += 1
            }
        }
    }
}
