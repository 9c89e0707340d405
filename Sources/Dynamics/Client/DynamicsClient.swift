public import AsyncHTTPClient
public import Logging

/// The Web API of one Dynamics environment.
public final class DynamicsClient: Sendable {
    public init(configuration: DynamicsConfiguration, budget: any RequestBudget, http: HTTPClient, logger: Logger) {
        fatalError("not there yet")
    }

    /// Who the application user is; the first call of every client.
    /// - Throws: ``DynamicsError``.
    public func whoAmI(lane: BudgetLane = .live) async throws -> WhoAmI { fatalError("not there yet") }

    /// All rows of a query, page after page.
    /// - Throws: ``DynamicsError``; `CancellationError`.
    public func query(_ query: ODataQuery, lane: BudgetLane) async throws -> [ODataRow] { fatalError("not there yet") }

    /// One page: of a query, or the one a link points to.
    public func page(_ query: ODataQuery, following link: String? = nil, lane: BudgetLane) async throws -> ODataPage {
        fatalError("not there yet")
    }

    /// One row; nil when there is none.
    public func row(_ query: ODataQuery, lane: BudgetLane) async throws -> ODataRow? { fatalError("not there yet") }

    /// One write on its own.
    /// - Throws: only `CancellationError`; everything else is an outcome.
    public func perform(_ change: Change, lane: BudgetLane) async throws -> OperationResult { fatalError("not there yet") }

    /// Many operations in few requests; one result each, in order.
    ///
    /// A long list is cut into several requests that run at once, so operations that depend on each other belong in one change set. Failures are
    /// outcomes: a request that fails as a whole (no answer, no token, throttled) gives its outcome to each of its operations.
    /// - Parameter continueOnError: false stops a request at its first failure; what comes after is ``DynamicsOutcome/notTried``.
    /// - Throws: only `CancellationError`.
    public func batch(_ operations: [BatchOperation], lane: BudgetLane, continueOnError: Bool = true) async throws
        -> [OperationResult]
    { fatalError("not there yet") }
}
