import ArgumentParser
import Foundation
import Operations
import Postgres
import Runtime
import Schema

/// `trunkline doctor`: looks at everything that has to be well for the hub to work.
struct DoctorCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what is wrong, or soon will be, and say what to do.",
        discussion: """
            Reads only. Each line says ok, warning, failure or skipped. The exit code is 1 when there is a failure. \
            With the sync programs' configuration file (--config, or where they find it) the tenants' credentials are looked at, and both vendors are asked whether they let \
            the hub do what it has to.
            """)

    static let needsSchema = false

    @Flag(name: .long, help: "Ask neither Enreach nor Dynamics.") var offline = false
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let outbound = OutboundClients()
        let findings = await DoctorRound(
            programs: session.programs, noFile: session.noFile, asksVendors: !offline, outbound: outbound
        ).findings(session.database)
        await outbound.shutDown()
        var table = Table("level", "check", "found", "remedy")
        for finding in findings {
            table.append(
                .text(finding.level.rawValue), .text(finding.check), .text(finding.text), .text(finding.remedy))
        }
        switch output.format {
        case .json: Terminal.print(JSONOutput.write(table.json))
        case .table: Terminal.print(Finding.lines(findings))
        }
        let failures = findings.count { $0.level == .failure }
        if failures > 0 {
            throw OperatorError.failed("\(failures) failure\(failures == 1 ? "" : "s")")
        }
    }
}

/// All checks in order. Without a connection or a fitting schema the later ones would only repeat the same trouble.
struct DoctorRound: Sendable {
    let programs: ProgramConfiguration
    let noFile: String
    let asksVendors: Bool
    let outbound: OutboundClients

    func findings(_ database: Database) async -> [Finding] {
        var findings: [Finding] = []
        let patient: Patient
        do {
            let now = try await database.query(Statement("command.doctor.now", "SELECT clock_timestamp()"))[0].decode(Date.self)
            patient = Patient(
                database: database, now: now, programs: programs, noFile: noFile, asksVendors: asksVendors, outbound: outbound)
        } catch {
            return [.failure("connection", "\(error)", remedy: "check the connection string, the server and pg_hba.conf")]
        }
        for check in Self.ofServer { findings += await check.safeFindings(patient) }
        do {
            try await SchemaGate.check(database)
            findings.append(.ok("schema", "version \(SchemaGate.version), as this program needs"))
        } catch {
            return findings + [.failure("schema", "\(error)")]
        }
        for check in Self.ofHub { findings += await check.safeFindings(patient) }
        return findings
    }

    static let ofServer: [any DoctorCheck] = [
        ConnectionCheck(), ServerSettingsCheck(), ClockCheck(), RolesCheck(), ConnectionsCheck(), ReplicasCheck(), SlotsCheck(),
        TransactionIDsCheck(),
    ]
    static let ofHub: [any DoctorCheck] = [
        PrivilegesCheck(), PartitionsCheck(), SnapshotCheck(), DeadRowsCheck(), BloatCheck(), WorkersCheck(), WaitingJobsCheck(),
        DeadJobsCheck(),
        SchedulesCheck(), BalanceCheck(), BackfillsCheck(), ErasuresCheck(), InstancesCheck(), ProgramsCheck(), OperatorsCheck(),
        WatermarksCheck(), TenantsCheck(), SettingsCheck(), PeopleCheck(), MobileNumbersCheck(), DirectoryCheck(),
        NumberQualityCheck(), AmbiguousNumbersCheck(), WebhooksCheck(), WebhookSourceCheck(), CallbackProfilesCheck(),
        StuckCallbacksCheck(),
        BudgetCheck(), RoutingRulesCheck(), RoutingKeysCheck(), CredentialsCheck(), CertificatesCheck(), ClientSecretsCheck(),
        EnreachRightsCheck(), DynamicsRightsCheck(), SolutionCheck(),
    ]
}

extension Finding {
    /// The findings as a person reads them; a remedy stands on a line of its own.
    static func lines(_ findings: [Finding]) -> String {
        let width = findings.map(\.check.count).max() ?? 0
        func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: width - text.count + 1) }
        return findings.map { finding in
            let line = padded(finding.level.rawValue, 8) + padded(finding.check, width) + finding.text
            guard let remedy = finding.remedy else { return line }
            return line + "\n" + String(repeating: " ", count: 8 + 1 + width + 1) + "→ " + remedy
        }.joined(separator: "\n")
    }
}
