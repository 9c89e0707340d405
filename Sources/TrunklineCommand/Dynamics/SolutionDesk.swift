import Dynamics
import DynamicsSolution
import Foundation
import Model
import Operations
import Postgres
import Runtime
import Tenants

/// What the subcommands of `trunkline dynamics` work with: a tenant's environment, and the names it goes by.
struct SolutionDesk: Sendable {
    let session: Session
    let tenant: Tenant
    let dynamics: DynamicsClient
    let definition: SolutionDefinition

    /// Opens the environment of a tenant, runs the body, and closes it again.
    ///
    /// - Parameters:
    ///   - source: where Dynamics reaches the hub; nil where the command does not ask.
    ///   - forms: whose forms and views get the hub's columns.
    ///   - withEverything: whether the virtual table and the webhooks belong to the definition although no address of the hub is
    ///     known: for removal.
    static func with(
        _ session: Session, tenant name: String?, source: SourceOptions?, forms: SolutionDefinition.FormChoice,
        withEverything: Bool = false,
        _ body: (SolutionDesk) async throws -> Void
    ) async throws {
        let tenant = try await TenantStore(database: session.database).named(name)
        let configuration = try configuration(of: tenant, session)
        let settings = try await settings(of: tenant, session)
        let outbound = OutboundClients()
        let dynamics = DynamicsClient(
            configuration: configuration.dynamics, budget: UnlimitedBudget(),
            http: outbound.client(trusting: configuration.dynamicsAuthority), logger: session.logger)
        let hub = settings.solution.hubAddress
        let definition = SolutionDefinition(
            settings, source: try Self.source(source, hub, tenant) ?? (withEverything ? .init(address: "", secret: "") : nil),
            webhook: Self.webhook(source, hub, tenant, configuration) ?? (withEverything ? .init(address: "", secret: "") : nil),
            forms: forms)
        do {
            try await body(SolutionDesk(session: session, tenant: tenant, dynamics: dynamics, definition: definition))
        } catch {
            await outbound.shutDown()
            throw Self.plain(error)
        }
        await outbound.shutDown()
    }

    private static func configuration(of tenant: Tenant, _ session: Session) throws -> TenantConfiguration {
        guard session.programs.path != nil else {
            throw OperatorError.configuration(session.noFile)
        }
        guard let entry = session.programs.elements(of: "tenants").first(where: { $0.name == tenant.name }) else {
            throw OperatorError.configuration(
                "\(session.programs.path ?? "") has no entry for tenant \(tenant.name) under tenants:")
        }
        return try TenantConfiguration(entry)
    }

    private static func settings(of tenant: Tenant, _ session: Session) async throws -> Settings {
        let stored = try await SettingStore(database: session.database).stored(tenant: tenant.id)
        return Settings.reading(stored.map { (name: $0.name, value: $0.value) }, version: tenant.settingVersion).settings
    }

    /// Nil: Dynamics can't reach the hub, or the tenant has no key that it could show.
    private static func webhook(
        _ options: SourceOptions?, _ hub: String, _ tenant: Tenant, _ configuration: TenantConfiguration
    ) -> SolutionDefinition.Webhook? {
        guard let address = options?.webhookURL ?? options?.hubURL ?? (hub.isEmpty ? nil : hub),
            let secret = configuration.dynamicsWebhookToken?.current().reveal(), !secret.isEmpty
        else { return nil }
        return .init(
            address: (address.hasSuffix("/") ? address : address + "/") + "webhooks/dynamics/\(tenant.name)", secret: secret)
    }

    /// The setting alone makes no virtual table: its key stands in callback-sync's configuration, not here.
    private static func source(_ options: SourceOptions?, _ hub: String, _ tenant: Tenant) throws -> SolutionDefinition.Source? {
        guard let hub = options?.hubURL ?? (options?.odataKeyFile == nil || hub.isEmpty ? nil : hub) else { return nil }
        var secret = ""
        if let file = options?.odataKeyFile {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw OperatorError.configuration("\(file) can't be read")
            }
            // As the programs read secrets' files.
            let master = String(text.reversed().drop(while: \.isWhitespace).reversed())
            guard !master.isEmpty else { throw OperatorError.configuration("\(file) is empty") }
            secret = CallbackListKey.key(of: tenant.name, secret: master)
        }
        return .init(address: (hub.hasSuffix("/") ? hub : hub + "/") + "odata/\(tenant.name)", secret: secret)
    }

    private static func plain(_ error: any Error) -> any Error {
        guard let error = error as? DynamicsError else { return error }
        return OperatorError.failed(error.operatorText + (error.fault.map { " (\($0.debugDescription))" } ?? ""))
    }
}

extension SolutionDesk {
    func read() async throws -> SolutionReport {
        let known = try await ProbeStore.read(session.database, tenant: tenant.id)
        return try await SolutionReport.read(
            definition, from: dynamics, refusedKeys: SolutionReport.refusedKeys(definition, known))
    }

    func keep(_ probes: DynamicsProbes) async throws {
        try await session.database.withTransaction { try await ProbeStore.replace(probes, tenant: tenant.id, on: $0) }
    }

    func install(_ report: SolutionReport, _ tell: (SolutionEvent) -> Void) async throws -> [SolutionEvent] {
        for case .dataSource(let source) in definition.parts
        where source.secret.isEmpty && report.plan.contains(where: { $0.part.kind == "data_source" }) {
            throw OperatorError.usage("the virtual table needs a key: give its file with --odata-key-file")
        }
        let events = try await SolutionInstaller(dynamics: dynamics, solution: definition.names.name)
            .install(report.findings, in: report.state, report: tell)
        try await note("dynamics.install", events)
        return events
    }

    /// The environment after the installation; keys are given half a minute to become active.
    func settled(_ events: [SolutionEvent]) async throws -> SolutionReport {
        var refused = SolutionReport.refusedKeys(
            definition, try await ProbeStore.read(session.database, tenant: tenant.id))
        for event in events {
            if case .refused(let code) = event.result { refused[event.part.name] = code }
        }
        var report = try await SolutionReport.read(definition, from: dynamics, refusedKeys: refused)
        let deadline = ContinuousClock.now + .seconds(30)
        while report.findings.contains(where: { $0.state == .pending }), ContinuousClock.now < deadline {
            try await Task.sleep(for: .seconds(3))
            report = try await SolutionReport.read(definition, from: dynamics, refusedKeys: refused)
        }
        return report
    }

    func removable() async throws -> (parts: [SolutionPart], state: EnvironmentState) {
        let state = try await EnvironmentReader(dynamics: dynamics).read(definition)
        return (SolutionRemover.removable(definition, state), state)
    }

    func remove(_ found: (parts: [SolutionPart], state: EnvironmentState), _ tell: (SolutionEvent) -> Void) async throws
        -> [SolutionEvent]
    {
        let events = try await SolutionRemover(dynamics: dynamics, solution: definition.names.name)
            .remove(found.parts, in: found.state, report: tell)
        try await note("dynamics.uninstall", events)
        // What was found out before is no longer so.
        try await keep(try await SolutionReport.read(definition, from: dynamics).probes)
        return events
    }

    private func note(_ action: String, _ events: [SolutionEvent]) async throws {
        guard !events.isEmpty else { return }
        let (tenant, who) = (tenant, session.who)
        let detail = OutputValue.object([
            "parts": .list(events.filter { !$0.isFailure }.map { .text("\($0.part.kind) \($0.part.name)") }),
            "failed": .list(events.filter(\.isFailure).map { .text("\($0.part.kind) \($0.part.name)") }),
        ])
        try await session.database.withTransaction { connection in
            try await OperatorActionStore.record(
                .init(tenant: tenant.id, who: who, action: action, target: tenant.name, detail: detail), on: connection)
        }
    }
}
