public import FoundationEssentials
import Logging
import NIOHTTP1
import Synchronization

/// Callback lists and requests. No readable page of the vendor states their addresses and fields: every name is in ``RequestMap`` and
/// ``FieldMap``.
extension EnreachClient {
    /// All callback lists the API user may see, deleted ones among them.
    public func callbackLists() async throws -> Listing<CallbackList> {
        try await list(CallbackList.self, .callbackListsPath)
    }

    /// The requests of a list that wait, whether an agent has one before them or not, and were made since then; each once, as it was
    /// seen last.
    ///
    /// One question for each state: whether several may be asked for at once, no readable page of the vendor says. One that changes from
    /// the second state into the first between the two questions is in neither answer. Where the vendor does not take the second one,
    /// the answer to the first is all, the log says so when that begins, and it is not asked again for half a minute; the state under the same word as the first is
    /// not asked for.
    public func waitingCallbacks(list: UUID, createdAfter: Date) async throws -> Listing<CallbackRequest> {
        let (open, allocated) = (configuration.requests[.openState], configuration.requests[.allocatedState])
        var all = try await callbacks(list, state: open, createdAfter)
        guard allocated != open, takesAllocated else { return all }
        do {
            all.append(try await callbacks(list, state: allocated, createdAfter))
            allocatedRefusedAt.withLock { $0 = nil }
        } catch let error as EnreachError where error.code == .badRequest {
            let isNews = allocatedRefusedAt.withLock { refusedAt in
                defer { refusedAt = .now }
                return refusedAt == nil
            }
            if isNews {
                logger.warning(
                    "Enreach can't be asked for allocated callback requests",
                    metadata: ["error": "\(error)", "name": "\(RequestName.allocatedState.rawValue)"])
            }
        }
        var seen: Set<UUID> = []
        all.elements = all.elements.reversed().filter { $0.id.map { seen.insert($0).inserted } ?? true }.reversed()
        return all
    }

    /// Less than what polls overlap by: where it was one list's trouble, the others' next polls ask for all that was made meanwhile.
    private var takesAllocated: Bool {
        allocatedRefusedAt.withLock { refusedAt in refusedAt.map { ContinuousClock.now - $0 >= .seconds(30) } ?? true }
    }

    private func callbacks(_ list: UUID, state: String, _ createdAfter: Date) async throws -> Listing<CallbackRequest> {
        try await callbacks(
            list,
            [
                (configuration.requests[.createdAfter], VendorTime.filter(createdAfter)),
                (configuration.requests[.callbackState], state),
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
    /// The vendor's word, as configured, for a request that somebody has called back.
    public var successWord: String { configuration.requests[.closedSuccessfully] }

    /// The same for a request that nobody called back in time.
    public var expiryWord: String { configuration.requests[.expired] }

    /// Whether a request that ended so was closed by us; nil results say nothing else.
    public func isResult(_ result: String?, of end: CallbackEnd) -> Bool {
        guard let result else { return true }
        let word = configuration.requests[end == .success ? .closedSuccessfully : .closedByIntegration]
        return result.lowercased() == word.lowercased()
    }
}
