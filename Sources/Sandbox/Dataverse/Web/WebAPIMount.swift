/// Where in a request's path the Web API begins.
struct WebAPIMount {
    /// The environment's address as the client calls it, without a trailing slash.
    let environment: String
    /// Absolute service root with a trailing slash.
    let serviceRoot: String
    /// Relative to the service root, percent-encoded.
    let path: String

    /// Nil when the path has no `/api/data/v9.x`.
    init?(_ request: SandboxRequest) {
        guard let root = ServiceRoot.end(of: request.path[...]) else { return nil }
        path = String(request.path[root...])
        var head = request.path[..<root]
        while head.last == "/" { head = head.dropLast() }
        serviceRoot = "\(request.origin)\(head)/"
        let mount = head.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        environment = request.origin + mount
    }
}
