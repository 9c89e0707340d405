import Foundation
import Routing

/// Everything a tenant's questions are answered from. Nothing in it changes: news make a new one.
struct TenantRoutes: Sendable {
    enum Numbers: Sendable {
        case memory(NumberIndex)
        /// Looked up for each question.
        case database
    }

    var versions: RouteStateStore.Versions
    /// Nil: none were applied, or they could not be compiled by this program.
    var program: RuleProgram?
    var ruleVersion: Int32?
    var numbers: Numbers
    var own: Set<E164>
    var people: [UUID: E164]
    var rulings: [E164: CallerChoice.Ruling]

    var id: Int32 { versions.tenant }
    var name: String { versions.name }
}
