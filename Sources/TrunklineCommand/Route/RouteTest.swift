import ArgumentParser
import Foundation
import Operations
import Postgres
import Routing

struct RouteTest: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Decide about a call and print what each rule made of it. Nothing is written.")

    @Option(name: .long, help: "The caller's number.") var anum: String
    @Option(name: .long, help: "The called number.") var bnum: String
    @Option(name: .long, help: "The targetid, if the queue has one.") var targetid: String?
    @Option(name: .long, help: ArgumentHelp("The call's id, which draws its lots.", valueName: "id")) var callid: String?
    @Option(
        name: .long,
        help: ArgumentHelp("Further data of the request, name=value; may be given several times.", valueName: "name=value"))
    var extra: [String] = []
    @Option(name: .long, help: ArgumentHelp("As if asked at this time, such as 2026-12-24T08:00:00+02:00.", valueName: "time"))
    var at: PointInTime?
    @Option(name: .long, help: ArgumentHelp("By this document instead of the rules in force.", valueName: "file")) var rules:
        String?
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let program = try await session.ruleProgram(file: rules, tenant: tenant)
        let caller = try await CallerDesk(database: session.database).caller(anum, tenant: tenant)
        var call = RouteCall(
            anum: anum, bnum: bnum, targetID: targetid, callID: callid, isInternal: caller.isInternal ? true : nil,
            extras: try extra.map(Self.extra), at: Int64((at?.date ?? Date()).timeIntervalSince1970 * 1000))
        if caller.isInternal { call.isInternal = true }
        let trace = program.explain(call, caller.facts, all: true)
        output.print(Self.json(trace), text: trace.text)
    }

    private static func extra(_ text: String) throws -> RouteCall.Extra {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw OperatorError.usage("--extra \(text): write name=value") }
        return RouteCall.Extra(name: String(parts[0]), value: String(parts[1]))
    }

    private static func json(_ trace: RouteTrace) -> OutputValue {
        .object([
            "caller": .text(trace.caller), "status": .whole(trace.decision.json == nil ? 204 : 200),
            "answer": trace.decision.json.map { .json($0) } ?? .none, "reason": .text(trace.decision.reason.rawValue),
            "rules": .list(
                trace.lines.map { line in
                    .object([
                        "rule": .text(line.rule), "line": .whole(line.line), "fits": .flag(line.fits), "why": .text(line.why),
                    ])
                }),
        ])
    }
}

extension Session {
    /// The rules of a file, or those in force.
    func ruleProgram(file: String?, tenant: Tenant) async throws -> RuleProgram {
        if let file { return try RuleFile(file).program }
        return try await rules.program(of: tenant)
    }
}
