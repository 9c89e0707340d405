import ArgumentParser
import Operations
import Postgres
import Privacy
import Runtime

struct EraseLift: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift", abstract: "Let future calls of an erased number in again; what was erased stays erased.")

    @OptionGroup var number: NumberOptions
    @Option(name: .long, help: ArgumentHelp("Why, for the record. Must not name the number.", valueName: "why")) var why: String
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await session.tenant(tenant)
        let number = try ErasableNumber(reading: number.typed(), region: tenant.region)
        guard !number.stands(in: why) else { throw OperatorError.usage("--why is kept for good: say it without the number") }
        var lifted = 0
        // A tombstone may be of any key that was ever in use.
        for key in try PrivacyKeySource(session.programs).keyring().keys {
            let digests = number.digests(key, tenant: tenant.name).map(\.hexadecimal)
            lifted += try await session.database.query(ErasureStore.lift, [tenant.id, digests, session.who, why])[0][0].decode(
                Int.self)
        }
        guard lifted > 0 else {
            throw OperatorError.failed("no such number of \(tenant.name) was erased, as far as the privacy keys given tell")
        }
        Terminal.print("calls of the number are taken in again from now on")
    }
}
