import Dynamics
import Foundation

/// Webhooks are rows, not metadata ("Register a WebHook"): an endpoint, and a step for each message it is told of.
extension SolutionInstaller {
    /// Its secret goes in a header field: an address would be written into logs on the way.
    func makeEndpoint(_ wanted: SolutionPart.Endpoint, _ state: inout EnvironmentState) async throws -> SolutionEvent.Result {
        guard let target = wanted.target else { return .failed("there is no address", remedy: "see the webhook's line") }
        var body = ODataBody()
        body.set("name", wanted.name)
        body.set("url", target.address)
        body.set("contract", 8)
        body.set("authtype", 5)
        let secret = target.secret.xmlEscaped
        body.set("authvalue", "<settings><setting name=\"X-Api-Key\" value=\"\(secret)\"/></settings>")
        if let known = state.endpoints[wanted.name] {
            let result = try await send(.updateOnly("serviceendpoints(\(known.id.uuidString.lowercased()))", body.bytes))
            state.endpoints[wanted.name]?.address = target.address
            return result == .made ? .changed : result
        }
        let answer = try await writer.send(.create("serviceendpoints", body.bytes))
        if case .done(let id?) = answer { state.endpoints[wanted.name] = .init(id: id, address: target.address) }
        return SolutionEvent.Result(answer)
    }

    /// Asynchronous, after the operation: whatever becomes of the webhook, nobody's save waits for it or fails.
    func makeStep(_ wanted: SolutionPart.Step, _ state: EnvironmentState) async throws -> SolutionEvent.Result {
        guard let endpoint = state.endpoints[wanted.endpoint] else {
            return .failed("there is no webhook", remedy: "see the webhook's line")
        }
        var body = ODataBody()
        body.set("name", wanted.name)
        if !wanted.columns.isEmpty { body.set("filteringattributes", wanted.filter) }
        body.bind("eventhandler_serviceendpoint", "/serviceendpoints(\(endpoint.id.uuidString.lowercased()))")
        if let known = state.steps[wanted.name] {
            let path = "sdkmessageprocessingsteps(\(known.id.uuidString.lowercased()))"
            let result = try await send(.updateOnly(path, body.bytes))
            return result == .made ? .changed : result
        }
        guard
            let message = try await id(
                of: ODataQuery("sdkmessages", select: ["sdkmessageid"], filter: .equal("name", .string(wanted.message))),
                "sdkmessageid")
        else { return .failed("the environment has no message \(wanted.message)", remedy: "register the step by hand") }
        body.bind("sdkmessageid", "/sdkmessages(\(message.uuidString.lowercased()))")
        if let table = wanted.table {
            let filters = ODataQuery(
                "sdkmessagefilters", select: ["sdkmessagefilterid"],
                filter: .equal("primaryobjecttypecode", .string(table)) && .equal("_sdkmessageid_value", .guid(message)))
            guard let filter = try await id(of: filters, "sdkmessagefilterid") else {
                return .failed(
                    "the environment has no message \(wanted.message) for \(table)", remedy: "run the installation again")
            }
            body.bind("sdkmessagefilterid", "/sdkmessagefilters(\(filter.uuidString.lowercased()))")
        }
        for (name, value) in [("stage", 40), ("mode", 1), ("rank", 1), ("supporteddeployment", 0)] { body.set(name, value) }
        body.set("asyncautodelete", true)
        return try await send(.create("sdkmessageprocessingsteps", body.bytes))
    }

    private func id(of query: ODataQuery, _ column: String) async throws -> UUID? {
        try await metadata.query(query).first?.guid(column)
    }
}
