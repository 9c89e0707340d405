import Foundation
import NIOCore
import Routing

/// A request as any version of HTTP brings it.
struct RouteRequest {
    var method: RequestHead.Method
    var path: UnsafeRawBufferPointer
    var key: UnsafeRawBufferPointer?
    var authorization: UnsafeRawBufferPointer?
    var body: UnsafeRawBufferPointer
    /// Address of the other side.
    var address: [UInt8]
}

extension RouteLoop {
    /// Answers at once, or returns nil and answers by `later`, on this loop, within the deadline.
    func answer(_ request: RouteRequest, later: @escaping (Answer) -> Void) -> Answer? {
        let started = Self.ticks()
        let tenantName: String?
        switch RoutePath(request.path) {
        case .route(let tenant): tenantName = tenant
        case .openAPI:
            guard request.method == .get || request.method == .head else { return notAllowed("GET, HEAD") }
            return Answer(200, contentType: "application/json", body: OpenAPI.document)
        case .other: return count(.problem(404, "There is nothing here; questions go to /route.", fields: []))
        }
        guard request.method == .post else { return notAllowed("POST") }
        let now = Self.now()
        guard let routes = tenant(request, at: now), tenantName == nil || tenantName == routes.name else {
            return count(
                .problem(
                    401, "The key is missing, wrong, or not for this address.",
                    fields: [.init(name: "www-authenticate", value: "Basic realm=\"route\"")]))
        }
        let question: Question
        do {
            question = try Question(request.body)
        } catch {
            return count(.problem(400, error.detail))
        }
        var call = RouteCall(
            anum: question.anum, bnum: question.bnum, targetID: question.targetID, callID: question.callID,
            isInternal: question.isInternal,
            extras: question.extras.map { RouteCall.Extra(name: $0.name, value: $0.value) }, at: now)
        return answer(&call, routes, started, later)
    }

    private func answer(_ call: inout RouteCall, _ routes: TenantRoutes, _ started: UInt64, _ later: @escaping (Answer) -> Void)
        -> Answer?
    {
        guard let program = routes.program else { return finish(call, .unknown, .standard(.noRules), routes, started) }
        if shared.freshness.isStale(at: call.at) { return finish(call, .unknown, .standard(.stale), routes, started) }
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
        let deadline = eventLoop.scheduleTask(in: settings.deadline) { bound.value.resolve(nil, .deadline) }
        pending.deadline = deadline
        lookups.ask(LookupBatcher.Asking(number: number, routes: routes, pending: bound))
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
            var directory: Int64?
            if case .memory = routes.numbers { directory = routes.versions.directory }
            record(
                DecisionRecord(
                    tenant: routes.id, ruleVersion: routes.ruleVersion, directoryVersion: directory, program: routes.program,
                    call: call,
                    facts: facts, decision: decision, tookMicroseconds: Int32(clamping: took / 1000)))
        }
        return Answer(decision)
    }

    /// By `X-Benemen-APIKey`, or the password of Basic.
    private func tenant(_ request: RouteRequest, at now: Int64) -> TenantRoutes? {
        let seconds = Double(now) / 1000
        if let key = request.key { return snapshot.tenant(of: key, from: request.address, now: seconds) }
        guard let basic = request.authorization, let password = BasicCredentials.password(basic) else { return nil }
        return password.withUnsafeBytes { snapshot.tenant(of: $0, from: request.address, now: seconds) }
    }

    private func notAllowed(_ methods: String) -> Answer {
        count(.problem(405, "The method is not allowed here.", fields: [.init(name: "allow", value: methods)]))
    }

    func count(_ answer: Answer) -> Answer {
        shared.counters.refused(answer.status)
        return answer
    }
}

/// A question that waits for a look-up. Only on its loop.
final class PendingLookup {
    private var answer: ((CallerFacts?, RouteDecision.Reason) -> Void)?
    var deadline: Scheduled<Void>?

    init(_ answer: @escaping (CallerFacts?, RouteDecision.Reason) -> Void) { self.answer = answer }

    /// The first call counts.
    func resolve(_ facts: CallerFacts?, _ reason: RouteDecision.Reason) {
        guard let answer else { return }
        self.answer = nil
        deadline?.cancel()
        deadline = nil
        answer(facts, reason)
    }
}
