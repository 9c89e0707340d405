/// Puts the faults that need no vendor's knowledge around a responder: delays, cuts before and after the work, gateway errors,
/// answers that can't be read.
struct FaultyResponder: Sendable {
    var side: FaultSide
    var faults: FaultPlan
    var clock: any SandboxClock
    /// False where the responder asks for delays, cuts and gateway errors itself, and only broken bodies are left to do.
    var whole = true

    private static let before: Set<FaultKind> = [.cutBefore, .status500, .status502, .status503, .status504]

    func respond(
        to request: SandboxRequest, _ work: (SandboxRequest) async -> SandboxResponse
    ) async -> SandboxResponse {
        guard whole else { return broken(await work(request), path: request.path, kinds: [.truncate, .garbage]) }
        if let slow = faults.strike(.slow, on: side, path: request.path) {
            await clock.sleep(seconds: slow.seconds ?? 2)
        }
        if let fault = faults.first(of: Self.before, on: side, path: request.path) {
            return Self.refusal(fault)
        }
        return broken(await work(request), path: request.path, kinds: [.cutAfter, .truncate, .garbage])
    }

    private func broken(_ answer: SandboxResponse, path: String, kinds: Set<FaultKind>) -> SandboxResponse {
        var response = answer
        switch faults.first(of: kinds, on: side, path: path)?.kind {
        case .cutAfter:
            response.cutConnection = true
        case .truncate:
            response.body.removeLast(response.body.count - response.body.count / 2)
        case .garbage:
            response = SandboxResponse(
                status: 200, headers: ["Content-Type": "text/html"], body: Array("<html><body>Please log in</body></html>".utf8))
        default: break
        }
        return response
    }

    private static func refusal(_ fault: Fault) -> SandboxResponse {
        switch fault.kind {
        case .status500: FailurePage.response(500, "Internal Server Error")
        case .status502: FailurePage.response(502, "Bad Gateway")
        case .status503: FailurePage.response(503, "Service Unavailable", retryAfter: fault.seconds)
        case .status504: FailurePage.response(504, "Gateway Timeout")
        default: SandboxResponse(status: 0, cutConnection: true)
        }
    }
}

/// The HTML page that a proxy in front of a vendor answers when the vendor does not.
enum FailurePage {
    static func response(_ status: Int, _ reason: String, retryAfter: Double? = nil) -> SandboxResponse {
        let page = """
            <html>\r
            <head><title>\(status) \(reason)</title></head>\r
            <body>\r
            <center><h1>\(status) \(reason)</h1></center>\r
            <hr><center>Microsoft-Azure-Application-Gateway/v2</center>\r
            </body>\r
            </html>\r

            """
        var headers: SandboxHeaders = ["Content-Type": "text/html"]
        if let retryAfter { headers["Retry-After"] = String(Int(retryAfter.rounded(.up))) }
        return SandboxResponse(status: status, headers: headers, body: Array(page.utf8))
    }
}
