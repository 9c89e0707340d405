import Foundation
import Operations
import Routing

/// Tries a number: what the rules in force would make of a call, with what each rule says. Nothing is written.
enum RouteTrial {
    struct Model: Sendable {
        let tenant: String
        let caller: String
        let called: String
        let targetID: String
        let how: String
        let answer: String
        let table: DataTable
    }

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let choice = try await TenantChoice(request)
        guard let anum = request.query["anum"], let bnum = request.query["bnum"] else {
            throw ConsoleError.badRequest("Say the caller's number and the called one.")
        }
        let program = try await RuleDesk(database: request.database, who: request.who.name).program(of: choice.tenant)
        let caller = try await CallerDesk(database: request.database).caller(anum, tenant: choice.tenant)
        let call = RouteCall(
            anum: anum, bnum: bnum, targetID: request.query["targetid"], isInternal: caller.isInternal ? true : nil,
            at: Int64(request.now.timeIntervalSince1970 * 1000))
        let trace = program.explain(call, caller.facts, all: true)
        return Page(
            "A call from \(anum)", in: .routing, template: "routing/try", trail: [Link("Routing", choice.link("/routing"))],
            model: Model(
                tenant: choice.tenant.name, caller: anum, called: bnum, targetID: request.query["targetid"] ?? "",
                how: caller.isInternal ? "the organisation itself" : trace.caller, answer: trace.decision.words,
                table: DataTable(
                    "What each rule makes of it", ["Rule", "#Line", "Fits", "Why"],
                    trace.lines.map { line in
                        [
                            .head(line.rule), .number("\(line.line)"), .tag(line.fits ? Tag("fits", .good) : Tag("no")),
                            .wide(line.why),
                        ]
                    }, empty: "No rule was asked.")))
    }
}
