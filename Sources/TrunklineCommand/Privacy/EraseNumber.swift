import ArgumentParser
import Foundation
import Operations
import Postgres
import Privacy

struct EraseNumber: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "number", abstract: "Erase a number. Goes on where it stopped when given again.",
        discussion: """
            Prints the receipt as JSON on standard output, everything else on standard error. Phone calls in Dynamics \
            are looked after by call-sync and callback-sync, which have to run: deleted or masked by the setting EraseRule.
            """)

    @OptionGroup var number: NumberOptions
    @Option(name: .long, help: ArgumentHelp("Why, for the receipt and the record. Must not name the number.", valueName: "why"))
    var why: String
    @Flag(name: [.long, .customLong("dry-run")], help: "Only print where the number stands.") var plan = false
    @Flag(name: .long, help: "Leave phone calls in Dynamics as they are.") var keepDynamics = false
    @Flag(name: .long, help: "Don't ask.") var yes = false
    @Flag(name: .long, help: "Go on although a program at work has not the privacy key and will stand still.") var force = false
    @Option(name: .long, help: ArgumentHelp("Seconds to wait for the programs.", valueName: "seconds")) var wait = 600
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...86_400).contains(wait) else { throw ValidationError("--wait takes 1 to 86400 seconds") }
    }

    func run(in session: Session) async throws {
        let tenant = try await session.tenant(tenant)
        let number = try ErasableNumber(reading: number.typed(), region: tenant.region)
        let key = try session.privacyKey()
        guard !number.stands(in: why) else { throw OperatorError.usage("--why is kept for good: say it without the number") }
        let run = ErasureRun(
            database: session.database, tenant: tenant, number: number, key: key, who: session.who, why: why,
            keepsDynamics: keepDynamics, patience: .seconds(wait), tell: { Terminal.note($0.words) })
        let hindrances = try await run.finder.hindrances()
        if plan { return try await preview(run, hindrances) }
        guard hindrances.isEmpty else {
            throw OperatorError.failed("the number can't be erased: \(hindrances.joined(separator: "; "))")
        }
        try await check(programs: session, key)
        if !yes { try await confirm(run, number, tenant) }
        let receipt = try await run.run()
        Terminal.print(try receipt.json())
    }

    // MARK: Before

    private func preview(_ run: ErasureRun, _ hindrances: [String]) async throws {
        output.print(try await places(run), none: "the number stands nowhere in the hub")
        for hindrance in hindrances { Terminal.note("it can't be erased yet: \(hindrance)") }
    }

    private func places(_ run: ErasureRun) async throws -> Table {
        var rows: [String: Int] = [:]
        for place in try await run.finder.places() {
            let number = try await run.finder.count(in: place)
            if number > 0 { rows[place.table, default: 0] += number }
        }
        var table = Table("table", "rows", "what_becomes_of_them")
        for (name, number) in rows.sorted(by: { $0.key < $1.key }) {
            table.append(.text("hub.\(name)"), .integer(number), .text(ErasureWords.fate(of: name)))
        }
        return table
    }

    /// Programs without the key would hold all work of the tenant from now on.
    private func check(programs session: Session, _ key: PrivacyKey) async throws {
        let strangers = try await session.database.query(ErasureStore.strangers, [key.id]).map { try $0[0].decode(String.self) }
        guard !strangers.isEmpty, !force else { return }
        throw OperatorError.failed(
            "privacy key \(key.id) is not known to \(strangers.joined(separator: ", ")): give it to every program first, or say --force and they hold the tenant's work until they have it"
        )
    }

    private func confirm(_ run: ErasureRun, _ number: ErasableNumber, _ tenant: Tenant) async throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw OperatorError.usage("say --plan to see where the number stands, or --yes to erase it")
        }
        Terminal.note(try await places(run).text(none: "the number stands nowhere in the hub"))
        Terminal.note(
            "Erase \(number.e164) of \(tenant.name)\(keepDynamics ? " from the hub only" : "")? It can't be undone. Type yes to go on:"
        )
        guard readLine() == "yes" else { throw OperatorError.failed("nothing was erased") }
    }
}
