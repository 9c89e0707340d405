/// How a scrape is written.
enum TextFormat: Sendable {
    /// Prometheus' own, version 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.0: the same figures with exemplars, which lead from a slow bucket to a trace.
    case openMetrics

    /// What the answer says of itself.
    var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The one that a scraper would rather have: OpenMetrics when it names it at least as gladly as plain text, else Prometheus' own.
    ///
    /// - Parameter accept: the header as it came; several of them joined by commas.
    init(accept: String?) {
        var (plain, open) = (0.0, 0.0)
        for range in (accept ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            let quality = parts.lazy.compactMap { $0.hasPrefix("q=") ? Double($0.dropFirst(2)) : nil }.first ?? 1
            let version = parts.first { $0.hasPrefix("version=") }?.dropFirst(8)
            switch parts.first {
            // Version 0.0.1 was a draft; who takes only that is better served with the old format.
            case "application/openmetrics-text" where version == nil || version == "1.0.0": open = max(open, quality)
            case "text/plain": plain = max(plain, quality)
            default: break
            }
        }
        self = open > 0 && open >= plain ? .openMetrics : .prometheus
    }
}
