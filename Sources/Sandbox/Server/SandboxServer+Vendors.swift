import Foundation

/// A request to one of the vendors' ports: faults around it, an entry in the log behind it.
extension SandboxServer {
    func respond(to request: SandboxRequest, side: FaultSide) async -> SandboxResponse {
        let began = ContinuousClock.now
        var response: SandboxResponse
        let shown: FaultSide
        if side == .enreach {
            shown = .enreach
            response = await FaultyResponder(side: .enreach, faults: faults, clock: clock)
                .respond(to: request) { await enreach.respond(to: $0) }
            if response.headers["Date"] == nil { response.headers["Date"] = HTTPDate.text(enreachClock.now) }
        } else {
            shown = Self.isSignIn(request.path) ? .signIn : .dataverse
            response = await FaultyResponder(side: shown, faults: faults, clock: clock, whole: false)
                .respond(to: request) { await dataverse.respond(to: $0) }
            if response.headers["Date"] == nil { response.headers["Date"] = HTTPDate.text(dataverseClock.now) }
        }
        let took = began.duration(to: .now)
        requests.record(
            RequestLog.Entry(
                at: clock.now, side: shown.rawValue, method: request.method, path: request.path, query: request.query,
                status: response.cutConnection ? 0 : response.status, milliseconds: took / .milliseconds(1),
                bytesIn: request.body.count, bytesOut: response.body.count))
        return response
    }

    static func isSignIn(_ path: String) -> Bool {
        path.contains("/oauth2/") || path.contains("/.well-known/") || path.contains("/discovery/v2.0/")
    }
}

/// The time form of HTTP header fields, `Tue, 04 Mar 2025 09:30:12 GMT`.
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func text(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let day = CivilTime.floorDivide(seconds, 86_400)
        let ofDay = CivilTime.floorModulo(seconds, 86_400)
        let civil = CivilTime.date(daysSince1970: day)
        return
            "\(days[CivilTime.floorModulo(day, 7)]), \(two(civil.day)) \(months[civil.month - 1]) \(civil.year) "
            + "\(two(ofDay / 3600)):\(two(ofDay / 60 % 60)):\(two(ofDay % 60)) GMT"
    }

    private static func two(_ value: Int) -> String {
        value < 10 ? "0\(value)" : String(value)
    }
}
