import ArgumentParser
import Foundation
import Operations
import Routing

struct RulesDiff: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what a document changes in the rules in force, or between two versions.")

    @Argument(help: "A document, or a version's number.") var new: String
    @Option(name: .long, help: ArgumentHelp("Compare with this version instead of the one in force.", valueName: "version"))
    var with: Int32?
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let newText: String
        if let version = Int32(new) {
            newText = try await session.rules.version(version, of: tenant).document
        } else {
            newText = try RuleFile(new).text
        }
        let old = try? await session.rules.version(with, of: tenant)
        let lines = LineDifference.lines(old?.document ?? "", newText)
        Terminal.print(
            lines.isEmpty
                ? "no difference"
                : (["--- \(old.map { "version \($0.version)" } ?? "nothing")", "+++ \(new)"] + lines).joined(separator: "\n"))
    }
}
