import Metrics

/// The program's own figures; docs/metrics.md lists them.
enum ConsoleMetrics {
    /// - Parameter route: as it is declared, without what stands for its names.
    static func answered(_ route: String, method: String, status: Int, in duration: Duration) {
        Timer(label: "trunkline.console.request", dimensions: [("route", route), ("method", method), ("status", "\(status)")])
            .record(duration: duration)
    }

    static func acted(_ action: String) {
        Counter(label: "trunkline.console.actions", dimensions: [("action", action)]).increment()
    }

    /// - Parameter result: password, provider, refused or locked.
    static func signedIn(_ result: String) {
        Counter(label: "trunkline.console.signins", dimensions: [("result", result)]).increment()
    }

    /// Browsers that are kept up to date.
    static func live(_ count: Int) { Gauge(label: "trunkline.console.live").record(count) }
}
