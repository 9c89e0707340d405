import ArgumentParser
import Foundation
import Operations
import Postgres

struct EraseList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Erasures, newest first; of one its receipt.")

    @Argument(
        help: "Print this erasure's receipt.",
        transform: { text in
            guard let id = UUID(uuidString: text) else { throw ValidationError("'\(text)' is no id of an erasure") }
            return id
        })
    var id: UUID?
    @Option(name: .long, help: ArgumentHelp("Only this tenant's.", valueName: "name")) var tenant: String?
    @Option(name: .long, help: "At most so many.") var limit = 50
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = if let tenant { try await TenantStore(database: session.database).named(tenant).id } else { Int32?.none }
        let rows = try await session.database.query(ErasureStore.list, [tenant, id, Int32(clamping: limit)])
        var table = Table("erasure", "tenant", "state", "requested_at", "by", "why", "finished_at", "rows", "phone_calls")
        for row in rows {
            let (erasure, tenant, state, requested, who, why, finished, changed, records, receipt) = try row.decode(
                UUID.self, String.self, String.self, Date.self, String.self, String.self, Date?.self, Int64.self, Int64.self,
                String?.self)
            if id != nil, let receipt { return Terminal.print(receipt) }
            table.append(
                .text(erasure.uuidString.lowercased()), .text(tenant), .text(state), .time(requested), .text(who), .text(why),
                .time(finished), .integer(changed), .integer(records))
        }
        output.print(table, none: id == nil ? "nothing was erased" : "there is no such erasure")
    }
}
