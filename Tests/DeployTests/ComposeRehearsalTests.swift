import EmbeddedPostgres
import Foundation
import TestSupport
import Testing

/// The profiles of `docker-compose.yml` on this machine without Docker: the same commands, variables, scripts and configuration, with loopback in
/// the place of the containers' names.
@Suite("The profiles of Compose, started for real")
struct ComposeRehearsalTests {
    private let folder: ScratchFolder
    private let compose: Compose

    init() async throws {
        folder = try ScratchFolder()
        compose = try await Compose.read()
        for name in compose.secrets.keys { try folder.write("secrets/\(name)", "password-of-\(name)") }
        try folder.write("secrets/privacy", Data(repeating: 7, count: 32).base64EncodedString())
    }

    @Test("In the demo the database's script, the errands, the sandbox and every program come up and find one another")
    func demo() async throws {
        try await withDatabase { places in
            let sandbox = try start("sandbox", places)
            try await sandbox.isWell("http://127.0.0.1:\(places.admin)/admin/status")
            try await comeUp(["call-sync-demo", "user-sync-demo", "callback-sync-demo", "router", "console"], places)
            _ = try await sandbox.stop()
        }
    }

    @Test("With the vendors every program comes up with the configuration that is to be filled in")
    func hub() async throws {
        try await withDatabase { places in
            try await comeUp(["call-sync", "user-sync", "callback-sync", "router", "console"], places)
        }
    }

    private func comeUp(_ names: [String], _ places: Places) async throws {
        var programs: [RunningService] = []
        for name in names {
            let port = try FreePort.find()
            programs.append(try start(name, places, port: port))
            try await programs.last?.isWell("http://127.0.0.1:\(port)/health/ready")
        }
        for program in programs { #expect(try await program.stop() == 0, "\(program.words)") }
    }

    /// With the database that the script and the errands make.
    private func withDatabase(_ body: (Places) async throws -> Void) async throws {
        let server = try await EmbeddedPostgres.start(durable: false)
        do {
            try await makeDatabase(on: server)
            let places = try Places(database: server.port)
            for errand in ["migrate", "tenant"] { try await run(errand, places) }
            try await body(places)
        } catch {
            await server.stop(.immediate)
            throw error
        }
        await server.stop(.immediate)
    }

    /// As the image of PostgreSQL does it: a superuser with a database of its name, then the script.
    private func makeDatabase(on server: EmbeddedPostgres) async throws {
        let psql = server.binaries.appending(path: "psql").path()
        _ = try await Tool.output(
            psql, ["--set", "ON_ERROR_STOP=1", server.connectionString()],
            input:
                "CREATE ROLE trunkline SUPERUSER LOGIN PASSWORD 'password-of-database-owner';\nCREATE DATABASE trunkline OWNER trunkline;\n"
        )
        let script = try folder.write("logins.sh", here(try Source.text("deploy/compose/logins.sh")))
        _ = try await Tool.output(
            "sh", [script],
            environment: [
                "POSTGRES_USER": "trunkline", "POSTGRES_DB": "trunkline", "PGHOST": "127.0.0.1", "PGPORT": "\(server.port)",
                "PGPASSWORD": "password-of-database-owner",
            ])
    }

    /// Runs a service that does one thing and ends.
    private func run(_ name: String, _ places: Places) async throws {
        let service = try #require(compose.services[name])
        let words = try #require(service.command)
        let programs = try BuiltProgram.folder().path()
        _ = try await Tool.output(
            "env", words,
            environment: environment(of: service, places).merging(["PATH": "\(programs):/usr/bin:/bin"]) { $1 })
    }

    private func start(_ name: String, _ places: Places, port: Int? = nil) throws -> RunningService {
        let service = try #require(compose.services[name])
        let words = try #require(service.command).map { here($0, places) }
        var variables = environment(of: service, places)
        if let port { variables["TRUNKLINE_HTTP_PORT"] = "\(port)" }
        RunningService.takeFreePorts(words[0], &variables)
        for volume in service.volumes ?? [] where volume.target == "/etc/trunkline/trunkline.yaml" {
            let text = try String(contentsOfFile: try #require(volume.source), encoding: .utf8)
            try folder.write("etc/trunkline.yaml", here(text, places))
        }
        return try RunningService(try BuiltProgram.path(words[0]), Array(words.dropFirst()), environment: variables, in: folder)
    }

    private func environment(of service: Compose.Service, _ places: Places) -> [String: String] {
        service.variables.mapValues { here($0, places) }
    }

    /// The same text with this machine's places.
    private func here(_ text: String, _ places: Places? = nil) -> String {
        var text = text.replacing("/run/secrets/", with: folder.url.appending(path: "secrets/").path())
            .replacing("/run/sandbox", with: folder.url.appending(path: "authority").path())
            .replacing("/etc/trunkline/trunkline.yaml", with: folder.url.appending(path: "etc/trunkline.yaml").path())
        guard let places else { return text }
        for (name, port) in [("8091", places.enreach), ("8092", places.dataverse), ("8093", places.admin)] {
            text = text.replacing("sandbox:\(name)", with: "127.0.0.1:\(port)").replacing("-port=\(name)", with: "-port=\(port)")
        }
        return text.replacing("--host=sandbox", with: "--host=127.0.0.1")
            .replacing("@postgres/", with: "@127.0.0.1:\(places.database)/")
    }

    /// What stands for the containers' names.
    struct Places {
        let database: Int
        let enreach: Int
        let dataverse: Int
        let admin: Int

        init(database: Int) throws {
            self.database = database
            enreach = try FreePort.find()
            dataverse = try FreePort.find()
            admin = try FreePort.find()
        }
    }
}
