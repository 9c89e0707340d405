import Foundation
import Synchronization

/// One request to `/api/data`, from its arrival to its answer.
struct WebAPI {
    let dataverse: Dataverse
    let request: SandboxRequest
    let mount: WebAPIMount

    private struct Arrival {
        var user: Guid
        var ticket: ServiceProtection.Ticket
        var serial: Int
    }

    /// What running a request came to.
    struct Run {
        var response: SandboxResponse
        var execution: Double
        var operations = 1
    }

    func respond() async -> SandboxResponse {
        var delay = 0.0
        var forcedDeadlock = false
        switch dataverse.faults?(.before, request) {
        case .cut: return SandboxResponse(status: 503, cutConnection: true)
        case .slow(let seconds): delay = seconds
        case .gateway(let status): return GatewayPage.response(status)
        case .throttled(let kind, let retryAfter):
            return decorate(throttled(kind, after: Double(retryAfter)), user: nil, server: 0)
        case .expiredToken: return decorate(unauthorized("The token is expired."), user: nil, server: 0)
        case .deadlock: forcedDeadlock = true
        case nil: break
        }
        let latency = dataverse.configuration.latency
        if latency.network > 0 { await dataverse.clock.sleep(seconds: latency.network / 2) }
        let arrival: Arrival
        switch arrive() {
        case .success(let value): arrival = value
        case .failure(let refused): return refused.response
        }
        var run: Run
        if let asked = virtualRead() {
            run = Run(response: await VirtualReader(asked).answer(), execution: latency.read)
        } else {
            run = self.run(arrival, forcedDeadlock: forcedDeadlock)
        }
        let wait = run.execution + delay
        if wait > 0 { await dataverse.clock.sleep(seconds: wait) }
        dataverse.environment.withLock { environment in
            environment.protection.leave(arrival.ticket, execution: run.execution, at: dataverse.clock.elapsed)
            environment.claims.release(request: arrival.serial)
        }
        run.response = decorate(run.response, user: arrival.user, server: arrival.ticket.server)
        if latency.network > 0 { await dataverse.clock.sleep(seconds: latency.network / 2) }
        switch dataverse.faults?(.afterCommit, request) {
        case .cut: run.response.cutConnection = true
        case .slow(let seconds): await dataverse.clock.sleep(seconds: seconds)
        case .gateway(let status): return GatewayPage.response(status)
        default: break
        }
        return run.response
    }

    // MARK: Arrival

    private struct Refused: Error {
        var response: SandboxResponse
    }

    /// Who calls, and whether service protection lets the request in.
    private func arrive() -> Result<Arrival, Refused> {
        let bearer = bearerToken
        let elapsed = dataverse.clock.elapsed
        let cookie = affinity
        let outcome: Result<Arrival, Refused> = dataverse.environment.withLock { environment in
            environment.serial += 1
            let server = cookie ?? chooseServer(&environment)
            guard let bearer, let token = environment.tokens[bearer] else {
                return .failure(Refused(response: unauthorized(bearer == nil ? "No token." : "The token is unknown.")))
            }
            guard token.expires > elapsed else { return .failure(Refused(response: unauthorized("The token is expired."))) }
            guard accepts(token.resource) else {
                return .failure(Refused(response: unauthorized("The token is for another resource.")))
            }
            do throws(WebError) {
                let user = try member(token, environment)
                switch environment.protection.enter(user, server: server, at: elapsed) {
                case .success(let ticket): return .success(Arrival(user: user, ticket: ticket, serial: environment.serial))
                case .failure(let error):
                    let response = throttled(error.refusal.kind, after: error.refusal.retryAfter)
                    return .failure(Refused(response: decorated(response, user: user, server: server, &environment)))
                }
            } catch {
                return .failure(Refused(response: answer(error)))
            }
        }
        guard case .failure(let refused) = outcome, refused.response.headers["OData-Version"] == nil else { return outcome }
        return .failure(Refused(response: decorate(refused.response, user: nil, server: cookie ?? 0)))
    }

    /// The user behind a token, when it may come in at all.
    private func member(_ token: Environment.Token, _ environment: borrowing Environment) throws(WebError) -> Guid {
        guard let user = token.user, let users = environment.store.table("systemuser"), let row = users.row(user),
            let disabled = users.definition.column("isdisabled"), row[disabled] != .bool(true)
        else { throw WebError(403, "0x80072560", "The user is not a member of the organization.") }
        if environment.rules.roles.withoutRoles.contains(user) {
            throw WebError(403, "0x80042f09", "The user with id \(user) has not been assigned any roles.")
        }
        return user
    }

    private var bearerToken: String? {
        guard let value = request.headers["Authorization"], value.lowercased().hasPrefix("bearer ") else { return nil }
        return value.dropFirst(7).trimmed
    }

    /// A token is good for the environment's own address, or for the whole host.
    private func accepts(_ resource: String) -> Bool {
        let resource = resource.lowercased()
        return resource == mount.environment.lowercased() || resource == request.origin.lowercased()
    }

    private func chooseServer(_ environment: inout Environment) -> Int {
        let count = max(1, dataverse.configuration.servers)
        switch dataverse.configuration.balancing {
        case .random: return Int(environment.store.random.next() % UInt64(count))
        case .roundRobin: return environment.serial % count
        }
    }

    /// The server an affinity cookie names.
    private var affinity: Int? {
        for cookie in request.headers.all("Cookie").flatMap({ $0.split(separator: ";") }) {
            let cookie = cookie.trimmed
            guard cookie.hasPrefix("ARRAffinity=") else { continue }
            let value = cookie.dropFirst(12)
            return (0..<max(1, dataverse.configuration.servers)).first { affinityCookie($0) == value }
        }
        return nil
    }

    private func affinityCookie(_ server: Int) -> String {
        var random = SeededRandom(seed: dataverse.configuration.seed &+ UInt64(server) &* 7919)
        return (0..<2).map { _ in random.guid().description.filter { $0 != "-" } }.joined()
    }

    // MARK: Running

    /// A read of a virtual table's rows, which come from somewhere else; nil when it is none.
    private func virtualRead() -> VirtualRead? {
        guard request.method == "GET" else { return nil }
        return dataverse.environment.withLock { environment in
            VirtualRead(path: mount.path, query: request.query, serviceRoot: mount.serviceRoot, store: environment.store)
        }
    }

    private func run(_ arrival: Arrival, forcedDeadlock: Bool) -> Run {
        if mount.path == "$batch" || mount.path == "%24batch" {
            return BatchRun(api: self, user: arrival.user, serial: arrival.serial, forcedDeadlock: forcedDeadlock).run()
        }
        let operation = Operation(
            method: request.method, path: mount.path, query: request.query, headers: OperationHeaders(request.headers),
            body: request.body[...])
        var execution = 0.0
        let result = dataverse.environment.withLock { environment in
            perform([operation], arrival.user, arrival.serial, forcedDeadlock, &execution, &environment)[0].result
        }
        return Run(response: answer(result), execution: execution)
    }

    /// Runs operations as one transaction: the results of all, or the one refusal.
    func perform(
        _ operations: [Operation], _ user: Guid, _ serial: Int, _ forcedDeadlock: Bool, _ execution: inout Double,
        _ environment: inout Environment
    ) -> [(result: OperationResult, contentID: String?)] {
        environment.protection.count(operations: operations.count)
        let start = dataverse.clock.elapsed + execution
        environment.store.tellsWrites = environment.store.table("sdkmessageprocessingstep").map { $0.count > 0 } ?? false
        environment.store.settleKeys(at: start, after: dataverse.configuration.keyActivationSeconds)
        var runner = Execution(
            store: environment.store, rules: environment.rules, serviceRoot: mount.serviceRoot,
            organization: dataverse.configuration.organization, user: user, now: dataverse.unixTime, elapsed: start,
            customizationTime: dataverse.configuration.latency.metadata,
            metadataAge: dataverse.configuration.metadataCacheSeconds)
        var results: [(result: OperationResult, contentID: String?)] = []
        var cost = 0.0
        do throws(WebError) {
            try environment.store.transaction { () throws(WebError) in
                var written: [Reference] = []
                for operation in operations {
                    let result = try runner.perform(operation)
                    cost += seconds(of: result.cost)
                    written += result.cost.written
                    if result.cost.operations > 1 { environment.protection.count(operations: result.cost.operations - 1) }
                    if let id = operation.headers.contentID, let entity = result.cost.entity { runner.contentIDs[id] = entity }
                    results.append((result, operation.headers.contentID))
                }
                guard !written.isEmpty else { return }
                if forcedDeadlock { throw .deadlock() }
                if dataverse.configuration.deadlocks,
                    environment.claims.conflicts(written, request: serial, from: start, to: start + max(cost, 0.001))
                {
                    throw .deadlock()
                }
            }
            stamp(results, &environment)
            dataverse.outbox.send(environment.takeDeliveries(organization: dataverse.configuration.organization))
        } catch {
            // What ran before the refusal took its time all the same.
            results = [(OperationResult(error), operations.count == 1 ? operations[0].headers.contentID : nil)]
            cost += dataverse.configuration.latency.read
        }
        execution += cost
        return results
    }

    private func seconds(of cost: OperationCost) -> Double {
        let latency = dataverse.configuration.latency
        let base =
            switch cost.kind {
            case .read: latency.read
            case .create: latency.create
            case .update: latency.update
            case .delete: latency.delete
            case .metadata: latency.metadata
            }
        return base + Double(cost.rows) * latency.row + Double(cost.operations - 1) * latency.bulkRow
    }

    /// Notes the real time at which phone calls were created and completed.
    private func stamp(_ results: [(result: OperationResult, contentID: String?)], _ environment: inout Environment) {
        guard let definition = environment.store.schema.byLogicalName["phonecall"], let state = definition.stateCode else {
            return
        }
        for (result, _) in results {
            guard result.cost.kind == .create || result.cost.kind == .update else { continue }
            for reference in result.cost.written where reference.table == definition.index {
                let now = Date().timeIntervalSince1970
                guard let row = environment.store.row(reference) else { continue }
                var times = environment.writeTimes[reference.id] ?? DataverseWriteTimes(created: now, completed: nil)
                if times.completed == nil, row[state] != .integer(0) { times.completed = now }
                environment.writeTimes[reference.id] = times
            }
        }
    }

    // MARK: Answers

    func answer(_ result: OperationResult) -> SandboxResponse {
        var response = SandboxResponse(status: result.status, body: result.body)
        if let contentType = result.contentType { response.headers.append("Content-Type", contentType) }
        if let entityID = result.entityID {
            response.headers.append("OData-EntityId", entityID)
            response.headers.append("Location", entityID)
        }
        if let etag = result.etag { response.headers.append("ETag", etag) }
        if let applied = result.preferenceApplied { response.headers.append("Preference-Applied", applied) }
        for header in result.extraHeaders { response.headers.append(header.name, header.value) }
        return response
    }

    func answer(_ error: WebError) -> SandboxResponse { answer(OperationResult(error)) }

    private func unauthorized(_ reason: String) -> SandboxResponse {
        let directory = dataverse.configuration.directory
        var response = SandboxResponse(status: 401)
        response.headers.append(
            "WWW-Authenticate",
            "Bearer authorization_uri=\(request.origin)/\(directory)/oauth2/authorize, resource_id=\(mount.environment)/")
        response.headers.append("Content-Type", "text/plain")
        response.body = Array("HTTP Error 401 - Unauthorized: \(reason)".utf8)
        return response
    }

    /// `Retry-After` is in the client's own seconds: the windows run `speed` times as fast. Whole seconds in real time,
    /// thousandths when time is scaled.
    private func throttled(_ kind: ThrottleKind, after seconds: Double) -> SandboxResponse {
        let limits = dataverse.configuration.limits
        let window = Int(limits.window)
        let error: WebError
        switch kind {
        case .requests:
            error = WebError(
                429, "0x80072322",
                "Number of requests exceeded the limit of \(limits.requests) over time window of \(window) seconds.")
        case .executionTime:
            error = WebError(
                429, "0x80072321",
                "Combined execution time of incoming requests exceeded limit of \(RowWriter.grouped(Int64(limits.executionTime * 1000))) "
                    + "milliseconds over time window of \(window) seconds. Decrease number of concurrent requests or reduce the duration "
                    + "of requests and try again later.")
        case .concurrency:
            error = WebError(429, "0x80072326", "Number of concurrent requests exceeded the limit of \(limits.concurrency).")
        }
        var response = answer(error)
        let real = seconds / max(dataverse.clock.speed, 0.001)
        let text = dataverse.clock.speed > 1 ? DecimalText.thousandths(real) : "\(max(1, Int(real.rounded(.up))))"
        response.headers.append("Retry-After", text)
        return response
    }

    private func decorate(_ response: SandboxResponse, user: Guid?, server: Int) -> SandboxResponse {
        dataverse.environment.withLock { decorated(response, user: user, server: server, &$0) }
    }

    /// The header fields every answer carries.
    private func decorated(
        _ response: SandboxResponse, user: Guid?, server: Int, _ environment: inout Environment
    ) -> SandboxResponse {
        let left = environment.protection.remaining(user, server: server, at: dataverse.clock.elapsed)
        let request = environment.store.random.guid().description
        var response = response
        response.headers.append("OData-Version", "4.0")
        response.headers.append("Cache-Control", "no-cache")
        response.headers.append("Expires", "-1")
        response.headers.append("Allow", "OPTIONS,GET,HEAD,POST")
        response.headers.append("REQ_ID", request)
        response.headers.append("x-ms-service-request-id", request)
        response.headers.append("AuthActivityId", request)
        response.headers.append("CRM.ServiceId", "CRMAppPool")
        response.headers.append("x-ms-dop-hint", "\(dataverse.configuration.parallelismHint)")
        response.headers.append("x-ms-ratelimit-burst-remaining-xrm-requests", "\(left.requests)")
        response.headers.append("x-ms-ratelimit-time-remaining-xrm-requests", DecimalText.grouped(left.seconds))
        response.headers.append("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        response.headers.append("Set-Cookie", "ARRAffinity=\(affinityCookie(server)); path=/; secure; HttpOnly")
        response.headers.append("Set-Cookie", "ReqClientId=\(request); path=/; secure; HttpOnly")
        return response
    }
}

/// Numbers in header fields.
enum DecimalText {
    /// `1,200.00`
    static func grouped(_ value: Double) -> String {
        let hundredths = Int64((value * 100).rounded(.down))
        let fraction = hundredths % 100
        return "\(RowWriter.grouped(hundredths / 100)).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    /// `0.350`
    static func thousandths(_ value: Double) -> String {
        let thousandths = max(1, Int64((value * 1000).rounded(.up)))
        let fraction = thousandths % 1000
        return "\(thousandths / 1000).\(fraction < 100 ? "0" : "")\(fraction < 10 ? "0" : "")\(fraction)"
    }
}

/// What a gateway in front of the service says when the service does not.
enum GatewayPage {
    static func response(_ status: Int) -> SandboxResponse {
        let reason = StatusText.of(status)
        let page =
            "<html>\r\n<head><title>\(status) \(reason)</title></head>\r\n<body>\r\n<center><h1>\(status) \(reason)</h1></center>\r\n"
            + "<hr><center>Microsoft-Azure-Application-Gateway/v2</center>\r\n</body>\r\n</html>\r\n"
        return SandboxResponse(status: status, headers: ["Content-Type": "text/html"], body: Array(page.utf8))
    }
}
