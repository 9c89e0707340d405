import Foundation
import Model
import Routing

/// Everything a tenant's questions are answered from. Nothing in it changes: news make a new one.
struct TenantRoutes: Sendable {
    enum Numbers: Sendable {
        case memory(NumberIndex)
        /// Looked up for each question.
        case database
        /// Not read yet.
        case missing
    }

    /// Of all but the numbers in memory.
    var versions: RouteStateStore.Versions
    /// Whether anything of it was read: before that nothing can be said.
    var isRead = false
    /// Nil: none were applied, or they could not be compiled by this program.
    var program: RuleProgram?
    var ruleVersion: Int32?
    var own: Set<E164> = []
    var people: [UUID: E164] = [:]
    var rulings: [E164: CallerChoice.Ruling] = [:]
    /// How those who carry the same number are told apart.
    var policy = MatchPolicy()
    var numbers: Numbers
    /// Of the numbers in memory.
    var numberVersions: RouteStateStore.Versions?
    /// When all of this was last known to be current.
    let freshness: Freshness

    init(_ versions: RouteStateStore.Versions, numbers: Numbers, freshness: Freshness) {
        (self.versions, self.numbers, self.freshness) = (versions, numbers, freshness)
    }

    var id: Int32 { versions.tenant }
    var name: String { versions.name }
    var index: NumberIndex? { if case .memory(let index) = numbers { index } else { nil } }
    /// Version of the directory in memory; nil when callers are looked up in the database.
    var directoryVersion: Int64? { numberVersions?.directory }
}
