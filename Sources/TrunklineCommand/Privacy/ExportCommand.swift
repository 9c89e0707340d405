import ArgumentParser
import Foundation
import Operations
import Postgres
import Privacy
import Runtime

/// `trunkline export`: everything the hub holds about a number.
struct ExportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print all that the hub holds about a number, and where each part stands.",
        discussion: """
            Every table is looked through, so it takes a while. That it was done is kept in the hub's record of what \
            people did, with a digest instead of the number. What stands in Enreach and in Dynamics is not part of it; \
            activity_id names the phone calls in Dynamics.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json, csv
    }

    @OptionGroup var number: NumberOptions
    @Option(name: .long, help: "How to print: one JSON document, or CSV with a line for each field.") var format: Format = .json
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await session.tenant(tenant)
        let number = try ErasableNumber(reading: number.typed(), region: tenant.region)
        let key = try PrivacyKeySource(session.programs).keyring().current
        let export = NumberExport(database: session.database, tenant: tenant, number: number, key: key)
        let parts = try await export.parts()
        // Without a key a digest would be no secret.
        let target = key.map { number.digests($0, tenant: tenant.name)[0].hexadecimal } ?? MaskedNumber(number.e164).description
        let action = OperatorAction(
            tenant: tenant.id, who: session.who, action: "number.export", target: target,
            detail: .object(["rows": .integer(parts.count)]))
        try await session.database.withTransaction { try await OperatorActionStore.record(action, on: $0) }
        switch format {
        case .json: Terminal.print(export.document(parts, who: session.who, at: Date()))
        case .csv: Terminal.print(CSVOutput.write(try NumberExport.table(parts)))
        }
    }
}
