import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Comes to the consoles' sign-in pages all the time, which need no database, and looks whether they are ready, which they are with one.
final class ConsoleVisits: Sendable {
    struct Figures: Sendable {
        var asked = 0
        /// Anything but the page, or nothing within ``patience``: how often each.
        var errors: [String: Int] = [:]
        /// When a console was ready, in seconds since 1970.
        var ready: [Double] = []

        var errorsInAll: Int { errors.values.reduce(0, +) }
    }

    private static let patience = TimeAmount.seconds(5)
    private static let pause = Duration.milliseconds(500)

    private let consoles: [Instance]
    private let state = Mutex((figures: Figures(), isOver: false))

    init(_ consoles: [Instance]) { self.consoles = consoles }

    var figures: Figures { state.withLock { $0.figures } }

    /// No further visits; `run` returns when the last ones are over.
    func end() { state.withLock { $0.isOver = true } }

    /// Visits until `end`.
    func run() async {
        await withDiscardingTaskGroup { group in
            let clock = ContinuousClock()
            while !state.withLock({ $0.isOver }), !Task.isCancelled {
                for console in consoles {
                    group.addTask { await self.visit(console) }
                }
                try? await clock.sleep(for: Self.pause)
            }
        }
    }

    private func visit(_ console: Instance) async {
        let fault = await Self.fault(of: console)
        let isReady = (try? await console.page("/health/ready").status) == 200
        state.withLock { state in
            state.figures.asked += 1
            if let fault { state.figures.errors[fault, default: 0] += 1 }
            if isReady { state.figures.ready.append(Date().timeIntervalSince1970) }
        }
    }

    /// Nil: the page came.
    private static func fault(of console: Instance) async -> String? {
        do {
            let request = HTTPClientRequest(url: try RehearsedConsole.address(of: console) + "/sign-in")
            let response = try await HTTPClient.shared.execute(request, timeout: patience)
            let page = String(buffer: try await response.body.collect(upTo: 1 << 20))
            if response.status != .ok { return "status \(response.status.code)" }
            return page.contains("</html>") ? nil : "half a page"
        } catch {
            return "\(error)"
        }
    }
}
