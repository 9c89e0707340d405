import CallSync
import Foundation
import Postgres
import Runtime
import TestSupport

@testable import TrunklineCommand

/// A hub with one tenant, `acme`, that is well until a test breaks it, and what a doctor with an operator's rights finds there.
actor TroubledHub {
    let database: TestDatabase
    /// The superuser's connection; there is only one.
    let owner: Database
    let folder: URL
    private let outbound = OutboundClients()
    private var programs: ProgramConfiguration
    private var now: Date?

    private init(_ database: TestDatabase, folder: URL) throws {
        self.database = database
        self.folder = folder
        owner = database.connect(maximumConnections: 1)
        programs = try Self.programs(file: nil)
    }

    static func run(_ body: (TroubledHub) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let hub = try TroubledHub(try await TestDatabase.current.fresh(), folder: folder)
        let result: Result<Void, any Error>
        do {
            try await hub.run("INSERT INTO hub.tenant (name, region, people_at) VALUES ('acme', 'FI', now())")
            try await body(hub)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await hub.owner.close()
        await hub.outbound.shutDown()
        try result.get()
    }

    /// Runs statements as the superuser.
    func run(_ sql: String) async throws {
        try await owner.withConnection { try await $0.run(script: sql) }
    }

    /// Gives the tenant a callback profile whose phone calls go to the queue's owner.
    func takeCallbacks() async throws {
        try await run(
            """
            INSERT INTO hub.callback_profile (tenant_id, profile_id, source, name, ownership_rule, changed_by)
            SELECT tenant_id, gen_random_uuid(), 'hub', 'Sales', 'queue_owner', 'jane' FROM hub.tenant
            """)
    }

    /// Gives the programs a configuration; what stands in `files` lies beside it.
    func configure(_ yaml: String, files: [String: String] = [:]) throws {
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        let file = folder.appending(path: "trunkline.yaml")
        try Data(yaml.utf8).write(to: file)
        programs = try Self.programs(file: file.path())
    }

    /// Has the doctor look at another time.
    func wait(until date: Date) { now = date }

    /// - Parameter database: where the doctor looks; nil: at this hub's, as an operator, with connections of its own.
    func findings(of check: any DoctorCheck, on database: Database? = nil) async throws -> [Finding] {
        if let database { return try await check.findings(patient(database)) }
        let operators = self.database.connect(as: "trunkline_operator", maximumConnections: 1)
        let patient = patient(operators)
        let findings = await Result { try await check.findings(patient) }
        await operators.close()
        return try findings.get()
    }

    private func patient(_ database: Database) -> Patient {
        Patient(
            database: database, now: now ?? Date(), programs: programs, noFile: "no file was named",
            asksVendors: programs.path != nil, outbound: outbound)
    }

    private static func programs(file: String?) throws -> ProgramConfiguration {
        try .load(schema: .callSync, file: file, flags: ["database.url": "postgresql://nowhere"], environment: [:])
    }
}

extension Result where Failure == any Error {
    /// What became of the body, to be taken after something was put in order.
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
