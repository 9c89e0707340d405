import Foundation

/// Whom the simulated Enreach Cloud asks about inbound calls, and what came of it.
extension AdminDoor {
    private struct Report: Encodable {
        var target: SmartRoutingTarget?
        var figures: SmartRoutingFigures
    }

    /// GET tells, POST sets whom to ask and counts anew, DELETE asks nobody.
    func smartRouting(_ request: AdminRequest) throws -> SandboxResponse {
        let routing = server.enreach.routing
        switch request.method {
        case "GET": break
        case "POST": routing.target = try request.decode(SmartRoutingTarget.self)
        case "DELETE": routing.target = nil
        default: throw AdminFailure(405, "GET, POST or DELETE")
        }
        return Self.json(Report(target: routing.target, figures: routing.figures))
    }
}
