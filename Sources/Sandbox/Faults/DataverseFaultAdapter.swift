/// Translates the fault plan into what the simulated Dataverse asks at its two points.
enum DataverseFaultAdapter {
    private static let before: Set<FaultKind> = [
        .cutBefore, .slow, .status500, .status502, .status503, .status504, .throttleRequests, .throttleTime,
        .throttleConcurrency, .expiredToken, .deadlock,
    ]

    static func decision(_ faults: FaultPlan) -> DataverseFaultDecision {
        { point, request in
            let side: FaultSide = request.path.contains("/oauth2/") ? .signIn : .dataverse
            switch point {
            case .before:
                return faults.first(of: before, on: side, path: request.path, body: request.body).flatMap(translate)
            case .afterCommit:
                return faults.strike(.cutAfter, on: side, path: request.path).map { _ in .cut }
            }
        }
    }

    /// Faults of the side `webhook`; a fault's path may name `dataverse`, or a message and a table.
    static func webhooks(_ faults: FaultPlan) -> DataverseWebhookFaultDecision {
        { name in
            let fault = faults.first(of: [.lose, .duplicate, .delay], on: .webhook, path: "/dataverse/\(name)")
            switch fault?.kind {
            case .lose: return .lose
            case .duplicate: return .duplicate
            case .delay: return .delay(fault?.seconds ?? 30)
            default: return nil
            }
        }
    }

    private static func translate(_ fault: Fault) -> DataverseFault? {
        let seconds = fault.seconds
        switch fault.kind {
        case .cutBefore: return .cut
        case .slow: return .slow(seconds: seconds ?? 2)
        case .status500: return .gateway(status: 500)
        case .status502: return .gateway(status: 502)
        case .status503: return .gateway(status: 503)
        case .status504: return .gateway(status: 504)
        case .throttleRequests: return .throttled(.requests, retryAfter: Int(seconds ?? 5))
        case .throttleTime: return .throttled(.executionTime, retryAfter: Int(seconds ?? 5))
        case .throttleConcurrency: return .throttled(.concurrency, retryAfter: Int(seconds ?? 2))
        case .expiredToken: return .expiredToken
        case .deadlock: return .deadlock
        default: return nil
        }
    }
}
