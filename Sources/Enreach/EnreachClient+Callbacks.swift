public import FoundationEssentials
import NIOHTTP1

/// Callback lists and requests. No readable page of the vendor states their addresses and fields: every name is in ``RequestMap`` and
/// ``FieldMap``.
extension EnreachClient {
    /// All callback lists the API user may see, deleted ones among them.
    public func callbackLists() async throws -> Listing<CallbackList> {
        try await list(CallbackList.self, .callbackListsPath)
    }

    /// The open requests of a list that were made since then.
    public func openCallbacks(list: UUID, createdAfter: Date) async throws -> Listing<CallbackRequest> {
        try await callbacks(
            list,
            [
                (configuration.requests[.createdAfter], VendorTime.filter(createdAfter)),
                (configuration.requests[.callbackState], configuration.requests[.openState]),
            ])
    }

    /// The requests of a list that changed since then, in every state.
    public func callbacks(list: UUID, modifiedAfter: Date) async throws -> Listing<CallbackRequest> {
        try await callbacks(list, [(configuration.requests[.callbackModifiedAfter], VendorTime.filter(modifiedAfter))])
    }

    private func callbacks(_ id: UUID, _ query: [(String, String)]) async throws -> Listing<CallbackRequest> {
        try await list(
            CallbackRequest.self, .callbacksPath,
            [(configuration.requests[.callbackList], id.uuidString.lowercased())] + query)
    }

    /// One request; nil when the vendor shows none of that id (yet).
    public func callback(id: UUID) async throws -> CallbackRequest? {
        do {
            return try await object(CallbackRequest.self, .callbackPath, id: id)
        } catch let error as EnreachError where error.code == .notFound {
            return nil
        }
    }

    /// How a request is closed.
    public enum CallbackEnd: Sendable {
        /// The hub has taken it over.
        case takenOver
        /// Somebody has called back.
        case success
    }

    /// Closes a request and answers how it stands then; of one that was closed before, how that ended. Harmless to repeat. Nil: it is gone.
    public func closeCallback(id: UUID, as end: CallbackEnd, note: String? = nil) async throws -> CallbackRequest? {
        let requests = configuration.requests
        var members = [
            (requests[.bodyCallbackState], requests[.closedState]),
            (requests[.bodyCallbackResult], requests[end == .success ? .closedSuccessfully : .closedByIntegration]),
        ]
        if let note { members.append((requests[.bodyCallbackNote], note)) }
        let decoder = decoder
        do {
            return try await session.write(
                HTTPMethod(rawValue: requests[.closeMethod]), requests[.callbackClosePath], id: id.uuidString.lowercased(),
                body: Array(JSONText.object(members).utf8)
            ) { (body) throws(JSONSyntaxError) in try decoder.object(CallbackRequest.self, from: body) }.value
        } catch let error as EnreachError where error.code == .notFound {
            return nil
        }
    }
}

extension EnreachClient {
    /// Whether a request that ended so was closed by us; nil results say nothing else.
    public func isResult(_ result: String?, of end: CallbackEnd) -> Bool {
        guard let result else { return true }
        let word = configuration.requests[end == .success ? .closedSuccessfully : .closedByIntegration]
        return result.lowercased() == word.lowercased()
    }
}
