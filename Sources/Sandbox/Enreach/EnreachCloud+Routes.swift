import Foundation
import Synchronization

/// Which address answers what.
extension EnreachCloud {
    /// Answers one request, with a JSON body whatever the status.
    public func respond(to request: SandboxRequest) async -> SandboxResponse {
        let asked = EnreachRequest(request)
        do {
            return try route(asked)
        } catch {
            return error.response
        }
    }

    private func route(_ asked: EnreachRequest) throws(EnreachFailure) -> SandboxResponse {
        let path = asked.segments.map { $0.lowercased() }
        if path == ["api", "user"] { return try discover(asked) }
        let prefix = configuration.apiPath.split(separator: "/").map { $0.lowercased() }
        guard path.starts(with: prefix) else { throw EnreachFailure(404, "No resource was found at this address.") }
        let rest = Array(path.dropFirst(prefix.count))
        let raw = Array(asked.segments.dropFirst(prefix.count))
        if rest.first == "authuser", rest.count == 2 { return try authenticate(asked, userName: raw[1]) }
        if rest.first == "recordings", rest.count == 2 { return try recordingFile(asked, id: rest[1]) }
        try admit(asked)
        return try resource(asked, rest)
    }

    private func resource(_ asked: EnreachRequest, _ path: [String]) throws(EnreachFailure) -> SandboxResponse {
        if let answer = try callbackResource(asked, path) { return answer }
        guard asked.method == "GET" else { throw EnreachFailure(405, "The method is not allowed here.") }
        switch (path.first, path.count) {
        case ("users", 1): return userList()
        case ("users", 2): return try user(path[1])
        case ("users", 4) where path[2...] == ["availability", "current"]: return try availability(path[1])
        case ("queues", 1): return queueList()
        case ("calls", 1): return try calls(asked)
        case ("calls", 3) where path[1] == "recordings": return try recording(path[2])
        case ("calls", 3) where path[1] == "transcripts": return try transcript(path[2])
        case ("servicecall", 1): return try serviceCalls(asked)
        default: throw EnreachFailure(404, "No resource was found at this address.")
        }
    }

    /// Key, rate and faults of a call to the API.
    private func admit(_ asked: EnreachRequest) throws(EnreachFailure) {
        let path = asked.original.path
        if let fault = faults.first(of: [.throttleRequests, .throttleTime, .throttleConcurrency], on: .enreach, path: path) {
            throw EnreachFailure(429, "Too many requests.", retryAfter: Int((fault.seconds ?? 5).rounded(.up)))
        }
        guard let given = asked.credentials, faults.strike(.expiredToken, on: .enreach, path: path) == nil else {
            throw EnreachFailure(401, "Authorization has been denied for this request.")
        }
        let account = account
        guard given.user.lowercased() == account.userName.lowercased(), given.secret == account.secretKey else {
            throw EnreachFailure(401, "Authorization has been denied for this request.")
        }
        if faults.strike(.forbidden, on: .enreach, path: path) != nil {
            throw EnreachFailure(403, "Authorization has been denied for this request.")
        }
        if let wait = overRate() { throw EnreachFailure(429, "Too many requests.", retryAfter: wait) }
    }

    /// Seconds to wait when the minute is used up.
    private func overRate() -> Int? {
        guard let most = configuration.requestsPerMinute else { return nil }
        let now = clock.elapsed
        return state.withLock { state in
            state.recent.removeAll { $0 <= now - 60 }
            guard state.recent.count >= most, let oldest = state.recent.first else {
                state.recent.append(now)
                return nil
            }
            return max(1, Int(((oldest + 60 - now) / clock.speed).rounded(.up)))
        }
    }
}
