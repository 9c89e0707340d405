import ArgumentParser
import Directory
import Foundation
import Jobs
import Model
import Operations
import Postgres

struct MatchesDecide: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide", abstract: "Decide whose a number is: one record's, or nobody's.")

    @Argument(help: "The number, in international form.") var number: String
    @Option(name: .long, help: ArgumentHelp("The contact it belongs to.", valueName: "id"), transform: MatchStore.id)
    var contact: UUID?
    @Option(name: .long, help: ArgumentHelp("The account it belongs to.", valueName: "id"), transform: MatchStore.id)
    var account: UUID?
    @Option(name: .long, help: ArgumentHelp("The lead it belongs to.", valueName: "id"), transform: MatchStore.id)
    var lead: UUID?
    @Flag(name: .long, help: "It belongs to nobody: its calls are linked to no one.") var nobody = false
    @Option(name: .long, help: ArgumentHelp("Apply it to the calls of so many days back, too.", valueName: "days")) var past: Int?
    @Option(name: .long, help: ArgumentHelp("Why, for the record.", valueName: "why")) var note: String?
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        let named = [contact, account, lead].compactMap(\.self).count + (nobody ? 1 : 0)
        guard named == 1 else { throw ValidationError("give one of --contact, --account, --lead and --nobody") }
        if let past, past < 1 || past > 3650 { throw ValidationError("--past takes 1 to 3650 days") }
        if nobody, past != nil { throw ValidationError("links of past calls are not taken away: leave --past out") }
    }

    private var chosen: (table: RowReference.Table, id: UUID)? {
        contact.map { (.contact, $0) } ?? account.map { (.account, $0) } ?? lead.map { (.lead, $0) }
    }

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let number = try MatchStore.international(number)
        var decision = DirectoryDecision.nobody
        if let chosen {
            let found = try await session.database.query(MatchStore.entry, [tenant.id, chosen.id, chosen.table.rawValue]).first
            guard let found else {
                throw OperatorError.failed(
                    "the directory of \(tenant.name) has no active \(chosen.table.rawValue) \(chosen.id.lowercase)")
            }
            decision = .chosen(RowReference(chosen.table, chosen.id, name: try found[0].decode(String?.self)))
        }
        let store = MatchStore(database: session.database)
        try await store.decide(number, decision, tenant: tenant, who: session.who, note: note, past: past)
        let whose = if case .chosen(let row) = decision { row.name ?? row.id.lowercase } else { "nobody" }
        Terminal.print("\(number) of \(tenant.name) belongs to \(whose) from now on")
        if let past { Terminal.print("the calls of the last \(past) days follow") }
    }
}

struct MatchesUndo: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take a decision back; the rules decide again.")

    @Argument(help: "The number, in international form.") var number: String
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let number = try MatchStore.international(number)
        guard try await MatchStore(database: session.database).undo(number, tenant: tenant, who: session.who) else {
            throw OperatorError.failed("nothing was decided about \(number)")
        }
        Terminal.print("the rules decide about \(number) again")
    }
}

struct MatchesResync: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resync", abstract: "Read contacts, accounts and leads anew; the directory stays in use meanwhile.")

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let tables = try await MatchStore(database: session.database).resync(tenant: tenant, who: session.who)
        Terminal.print("\(tables) tables of \(tenant.name) will be read anew")
    }
}
