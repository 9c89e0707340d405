import Foundation
import Routing

/// A decision as the event loop that made it leaves it; its story is told later, from the same values.
struct DecisionRecord: Sendable {
    var tenant: Int32
    var ruleVersion: Int32?
    var directoryVersion: Int64?
    var program: RuleProgram?
    var call: RouteCall
    var facts: CallerFacts
    var decision: RouteDecision
    var tookMicroseconds: Int32

    /// About as many bytes of memory as it takes.
    var size: Int {
        512
            + call.extras.reduce(call.anum.utf8.count + call.bnum.utf8.count) {
                $0 + 64 + $1.name.utf8.count + $1.value.utf8.count
            }
    }
}
