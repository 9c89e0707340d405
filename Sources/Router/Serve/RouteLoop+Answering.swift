import Foundation
import NIOCore
import Routing

extension RouteLoop: Answering {
    /// What can be said of a request before its body.
    private enum Standing {
        case refused(Answer)
        case described
        /// Whose question it is can't be told yet.
        case unknown
        case question(TenantRoutes)
    }

    func answer(_ request: RouteRequest, later: @escaping (Answer) -> Void) -> Answer? {
        let started = Self.ticks()
        let now = Self.now()
        switch standing(request, at: now) {
        case .refused(let answer): return count(answer)
        case .described: return .json(OpenAPI.document)
        case .unknown:
            shared.counters.decided(.standard(.loading), nanoseconds: Self.ticks() &- started)
            return .nothing
        case .question(let routes):
            let question: Question
            do {
                question = try Question(request.body)
            } catch {
                return count(.problem(.badRequest, error.detail))
            }
            var call = RouteCall(
                anum: question.anum, bnum: question.bnum, targetID: question.targetID, callID: question.callID,
                isInternal: question.isInternal,
                extras: question.extras.map { RouteCall.Extra(name: $0.name, value: $0.value) }, at: now)
            return answer(&call, routes, started, later)
        }
    }

    func refusal(_ request: RouteRequest) -> Answer? {
        guard case .refused(let answer) = standing(request, at: Self.now()) else { return nil }
        return count(answer)
    }

    private func standing(_ request: RouteRequest, at now: Int64) -> Standing {
        let tenantName: String?
        switch RoutePath(request.path) {
        case .route(let tenant): tenantName = tenant
        case .openAPI: return request.method == .get || request.method == .head ? .described : notAllowed("GET, HEAD")
        case .other: return .refused(.problem(.notFound, "There is nothing here; questions go to /route."))
        }
        guard request.method == .post else { return notAllowed("POST") }
        guard snapshot.isKnown else { return .unknown }
        guard let routes = tenant(request, at: now), tenantName == nil || tenantName == routes.name else {
            return .refused(
                .problem(
                    .unauthorized, "The key is missing, wrong, or not for this address.",
                    fields: [.init(name: "www-authenticate", value: "Basic realm=\"route\"")]))
        }
        return .question(routes)
    }

    private func answer(_ call: inout RouteCall, _ routes: TenantRoutes, _ started: UInt64, _ later: @escaping (Answer) -> Void)
        -> Answer?
    {
        guard routes.isRead else { return finish(call, .unknown, .standard(.loading), routes, started) }
        guard let program = routes.program else { return finish(call, .unknown, .standard(.noRules), routes, started) }
        if routes.freshness.isStale(at: call.at) { return finish(call, .unknown, .standard(.stale), routes, started) }
        if wasHeldUp(at: started) { return finish(call, .unknown, .standard(.deadline), routes, started) }
        var number: E164?
        if case .number(let caller) = call.caller {
            if routes.own.contains(caller) {
                // A colleague is nobody's customer.
                call.isInternal = true
            } else {
                number = caller
            }
        }
        guard let number else { return finish(call, .unknown, program.decide(call, .unknown), routes, started) }
        switch routes.numbers {
        case .memory(let index):
            let facts = index.facts(of: number)
            return finish(call, facts, program.decide(call, facts), routes, started)
        case .database:
            lookUp(number, call, program, routes, started, later)
            return nil
        case .missing: return finish(call, .unknown, .standard(.loading), routes, started)
        }
    }

    private func lookUp(
        _ number: E164, _ call: RouteCall, _ program: RuleProgram, _ routes: TenantRoutes, _ started: UInt64,
        _ later: @escaping (Answer) -> Void
    ) {
        guard let lookups = shared.lookups, inFlight < settings.mostInFlight else {
            return later(finish(call, .unknown, .standard(.shed), routes, started))
        }
        inFlight += 1
        let pending = PendingLookup { facts, reason in
            self.inFlight -= 1
            let decision = facts.map { program.decide(call, $0) } ?? .standard(reason)
            later(self.finish(call, facts ?? .unknown, decision, routes, started))
        }
        let bound = NIOLoopBound(pending, eventLoop: eventLoop)
        let end = NIODeadline.now() + settings.deadline
        pending.deadline = eventLoop.scheduleTask(deadline: end) { bound.value.resolve(nil, .deadline) }
        let asking = LookupBatcher.Asking(number: number, routes: routes, pending: bound, deadline: end)
        if !lookups.ask(asking) { pending.resolve(nil, .shed) }
    }

    private func finish(
        _ call: RouteCall, _ facts: CallerFacts, _ decision: RouteDecision, _ routes: TenantRoutes, _ started: UInt64
    ) -> Answer {
        let took = Self.ticks() &- started
        shared.counters.decided(decision, nanoseconds: took)
        let keeps =
            switch settings.keeping {
            case .all: true
            case .routed: decision.outcome != .standard
            case .none: false
            }
        if keeps {
            record(
                DecisionRecord(
                    tenant: routes.id, ruleVersion: routes.ruleVersion, directoryVersion: routes.directoryVersion,
                    program: routes.program, call: call, facts: facts, decision: decision,
                    tookMicroseconds: Int32(clamping: took / 1000)))
        }
        return decision.json.map(Answer.json) ?? .nothing
    }

    /// By `X-Benemen-APIKey`, or the password of Basic.
    private func tenant(_ request: RouteRequest, at now: Int64) -> TenantRoutes? {
        let seconds = Double(now) / 1000
        if let key = request.key { return snapshot.tenant(of: key, from: request.address, now: seconds) }
        guard let basic = request.authorization, let password = BasicCredentials.password(basic) else { return nil }
        return password.withUnsafeBytes { snapshot.tenant(of: $0, from: request.address, now: seconds) }
    }

    private func notAllowed(_ methods: String) -> Standing {
        .refused(.problem(.methodNotAllowed, "The method is not allowed here.", fields: [.init(name: "allow", value: methods)]))
    }

    func count(_ answer: Answer) -> Answer {
        shared.counters.refused(answer.status)
        return answer
    }
}
