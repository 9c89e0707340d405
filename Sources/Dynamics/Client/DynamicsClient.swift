public import AsyncHTTPClient
public import Logging
import NIOHTTP1

/// The Web API of one Dynamics environment.
///
/// Every request goes through the tenant's ``RequestBudget``; cookies are never stored or sent, so that requests spread over all web servers.
public final class DynamicsClient: Sendable {
    let configuration: DynamicsConfiguration
    let transport: Transport

    /// - Parameter http: shared by clients; it must have a connection for every request that the budget admits; its owner shuts it down.
    public init(configuration: DynamicsConfiguration, budget: any RequestBudget, http: HTTPClient, logger: Logger) {
        self.configuration = configuration
        self.transport = Transport(configuration: configuration, budget: budget, http: http, logger: logger)
    }

    /// Who the application user is; the first call of every client.
    /// - Throws: ``DynamicsError``; `CancellationError`.
    public func whoAmI(lane: BudgetLane = .live) async throws -> WhoAmI {
        let answer = try await transport.get(ODataQuery("WhoAmI"), lane: lane)
        guard let row = ODataValue(json: answer.body)?.row, let user = row.guid("UserId"),
            let unit = row.guid("BusinessUnitId"), let organization = row.guid("OrganizationId")
        else { throw DynamicsError.malformed(answer) }
        return WhoAmI(userID: user, businessUnitID: unit, organizationID: organization)
    }

    /// All rows of a query, page after page.
    /// - Throws: ``DynamicsError``; `CancellationError`.
    public func query(_ query: ODataQuery, lane: BudgetLane) async throws -> [ODataRow] {
        var page = try await page(query, lane: lane)
        var rows = page.rows
        var followed: Set<String> = []
        while let link = page.nextLink {
            guard followed.insert(link).inserted else {
                throw DynamicsError(.malformed, "The environment's pages go round in a circle.")
            }
            page = try await self.page(query, following: link, lane: lane)
            rows.append(contentsOf: page.rows)
        }
        return rows
    }

    /// One page: the first of a query, or the one that a link of an earlier page points to.
    /// - Parameter link: used as it came; refused when it leads to another host, since the token goes with it.
    /// - Throws: ``DynamicsError``; `CancellationError`.
    public func page(_ query: ODataQuery, following link: String? = nil, lane: BudgetLane) async throws -> ODataPage {
        let answer = try await transport.get(query, link: link, lane: lane)
        guard let page = ODataPage(json: answer.body) else { throw DynamicsError.malformed(answer) }
        return page
    }

    /// One row; nil when there is none.
    /// - Throws: ``DynamicsError``; `CancellationError`.
    public func row(_ query: ODataQuery, lane: BudgetLane) async throws -> ODataRow? {
        do {
            let answer = try await transport.get(query, lane: lane)
            guard let row = ODataValue(json: answer.body)?.row else { throw DynamicsError.malformed(answer) }
            return row
        } catch let error as DynamicsError where error.code == .notFound {
            return nil
        }
    }

    /// One write on its own.
    /// - Throws: only `CancellationError`; everything else is an outcome.
    public func perform(_ change: Change, lane: BudgetLane) async throws -> OperationResult {
        do {
            let answer = try await transport.send(change, lane: lane)
            let response = PartResponse(answer)
            return OperationResult(outcome: DynamicsOutcome(response, asked: .init([change])), responses: [response])
        } catch let error as DynamicsError {
            return OperationResult(outcome: DynamicsOutcome(error))
        }
    }
}

extension PartResponse {
    init(_ answer: Transport.Answer) {
        self.init(
            status: answer.status, entityID: answer.headers.first(name: "OData-EntityId"),
            etag: answer.headers.first(name: "ETag"), retryAfter: answer.retryAfter, body: answer.body)
    }
}
