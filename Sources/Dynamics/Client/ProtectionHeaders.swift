import NIOHTTP1

/// What an answer says about the limits.
struct ProtectionHeaders {
    var server: String?
    var remainingExecutionSeconds: Double?
    var remainingRequests: Int?
    var parallelismHint: Int?
    /// Seconds.
    var retryAfter: Double?

    init(_ headers: HTTPHeaders) {
        server = headers["Set-Cookie"].lazy.compactMap(Self.affinity).first
        remainingExecutionSeconds = Self.number(headers.first(name: "x-ms-ratelimit-time-remaining-xrm-requests"))
        remainingRequests = Self.number(headers.first(name: "x-ms-ratelimit-burst-remaining-xrm-requests")).map { Int($0) }
        parallelismHint = Self.number(headers.first(name: "x-ms-dop-hint")).map { Int($0) }
        retryAfter = headers.first(name: "Retry-After").flatMap(Double.init).flatMap { boundedSeconds($0) }
    }

    /// Numbers come with thousands commas: `1,200.00`.
    private static func number(_ text: String?) -> Double? {
        guard let text, let number = Double(text.filter { $0 != "," && $0 != " " }), number.isFinite, abs(number) < 1e12 else {
            return nil
        }
        return number
    }

    private static func affinity(_ cookie: String) -> String? {
        for name in ["ARRAffinity=", "ARRAffinitySameSite="] where cookie.hasPrefix(name) {
            return String(cookie.dropFirst(name.count).prefix { $0 != ";" }.prefix(128))
        }
        return nil
    }
}

extension ThrottleKind {
    init(_ fault: DynamicsFault) {
        self =
            switch fault.code {
            case FaultCode.burstRequests: .requests
            case FaultCode.executionTime: .executionTime
            case FaultCode.concurrency: .concurrency
            default: .other
            }
    }
}
