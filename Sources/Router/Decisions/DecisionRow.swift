import Foundation
import Postgres
import Routing
import Runtime

/// A decision as a row, with its story.
struct DecisionRow: Sendable {
    var tenant: Int32
    var at: Date
    var number: Int64
    var callID: String?
    var anum: String
    var bnum: String
    var targetID: String?
    var masked: Bool
    var outcome: String
    var reason: String
    var rule: String?
    var initial: String?
    var fail: String?
    var priority: Int32?
    var took: Int32
    var ruleVersion: Int32?
    var directoryVersion: Int64?
    var question: JSONB
    var trace: JSONB

    /// - Parameter keepsCaller: false leaves out all that tells of the caller, whose number was erased.
    init(_ record: DecisionRecord, number: Int64, masked: Bool, keepsCaller: Bool = true) {
        let (call, facts) = (record.call, record.facts)
        tenant = record.tenant
        at = Date(timeIntervalSince1970: Double(call.at) / 1000)
        self.number = number
        self.masked = masked || !keepsCaller
        callID = call.callID
        anum = keepsCaller ? (masked ? MaskedNumber(call.anum).description : call.anum) : "…"
        bnum = call.bnum
        targetID = keepsCaller ? call.targetID : nil
        took = record.tookMicroseconds
        ruleVersion = record.ruleVersion
        directoryVersion = record.directoryVersion
        let story = record.program.map { $0.explain(call, facts) }
        // An answer that was given without asking the rules has no story of theirs.
        let isOfRules = story?.decision == record.decision
        rule = isOfRules ? story?.lines.last { $0.fits }?.rule : nil
        reason = record.decision.reason.rawValue
        switch record.decision.outcome {
        case .route(let number, let failing, let extra):
            outcome = "route"
            initial = number.text
            fail = failing?.text
            priority = extra.map { Int32(clamping: $0) }
        case .disconnect: outcome = "disconnect"
        case .standard: outcome = "standard"
        }
        let kept =
            keepsCaller
            ? masked ? KeptQuestion(masking: call, facts, record.program) : KeptQuestion(call, facts)
            : KeptQuestion(call.withoutExtras, .unknown)
        let lines =
            isOfRules && keepsCaller
            ? story.map { [$0.caller] + $0.lines.map { "\($0.fits ? "+" : "-") \($0.rule): \($0.why)" } } ?? [] : []
        question = (try? JSONB(encoding: kept, with: Self.encoder)) ?? "{}"
        trace = (try? JSONB(encoding: lines, with: Self.encoder)) ?? "[]"
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return encoder
    }
}

extension RouteCall {
    fileprivate var withoutExtras: RouteCall {
        var call = self
        call.extras = []
        return call
    }
}
