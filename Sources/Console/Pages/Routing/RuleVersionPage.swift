import Operations
import Routing

/// One version of the rules: the document, and what it changed.
enum RuleVersionPage {
    struct Line: Sendable {
        let text: String
        /// What the stylesheet marks it by.
        let look: String
    }

    struct Model: Sendable {
        let facts: [Fact]
        let against: String
        let lines: [Line]
        let hasLines: Bool
        let document: String
        let rollBack: String?
        let version: Int32
    }

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let number = try request.parameter("version") { Int32($0) }
        let choice = try await TenantChoice(request)
        let desk = RuleDesk(database: request.database, who: request.who.name)
        let version = try await desk.version(number, of: choice.tenant)
        let newest = try await desk.version(of: choice.tenant)
        let other = request.query.integer("with", as: Int32.self) ?? number - 1
        let old = other > 0 ? try await desk.version(other, of: choice.tenant) : nil
        let lines = lines(old?.document ?? "", version.document)
        return Page(
            "Rules, version \(number)", in: .routing, template: "routing/version",
            trail: [Link("Routing", choice.link("/routing"))],
            model: Model(
                facts: [
                    Fact("Tenant", choice.tenant.name),
                    Fact("Applied", "\(PlainTime.seconds(version.appliedAt)) by \(version.appliedBy)"),
                    Fact("Rules", "\(version.rules)"), Fact("Same as", version.backTo.map { "version \($0)" } ?? "–"),
                    Fact("Why", version.note ?? "–"),
                ], against: old.map { "Against version \($0.version)" } ?? "Against nothing", lines: lines,
                hasLines: !lines.isEmpty,
                document: version.document,
                rollBack: request.may(.administrator) && number != newest.version
                    ? choice.link("/routing/rollback", Query().setting("version", "\(number)")) : nil, version: number))
    }

    static func lines(_ old: String, _ new: String) -> [Line] {
        LineDifference.lines(old, new).map { text in
            Line(
                text: text,
                look: text.hasPrefix("@@") ? "place" : text.hasPrefix("+") ? "plus" : text.hasPrefix("-") ? "minus" : "")
        }
    }
}
