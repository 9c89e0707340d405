/// What routing itself knows of a number, besides the directory.
package struct NumberRow: Sendable, Hashable {
    package var kind: CallerFacts.Kind?
    package var owner: E164?
    package var queue: E164?
    package var segment: String?
    package var language: String?
    package var isBlocked = false
    package var hasOpenCase = false
    package var hasOpenCallback = false
    package var agent: E164?
    package var agentDay: Int32?

    package init() {}
}
