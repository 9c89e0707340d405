import EmbeddedPostgres
import Foundation
import TestSupport
import Testing

/// The database of the manifests, made as CloudNativePG makes it, and used as the pods use it.
@Suite("The database of the Kubernetes manifests")
struct KubernetesDatabaseTests {
    private let folder: ScratchFolder
    private let manifests: Manifests
    private let server: EmbeddedPostgres

    init() async throws {
        folder = try ScratchFolder()
        manifests = try await Manifests.example.value
        server = try await EmbeddedPostgres.start(durable: false)
    }

    @Test("With its roles the owner migrates without the right to make any, every program starts, and KEDA reads the queues")
    func works() async throws {
        do {
            try await makeDatabase()
            try await migrate()
            for deployment in manifests.programs { try await startsWell(deployment) }
            try await operatorsCommandsRun()
            for scaled in manifests.all("ScaledObject") { try await queryCounts(scaled) }
        } catch {
            await server.stop(.immediate)
            throw error
        }
        await server.stop(.immediate)
    }

    /// The owner and its database, the statements of `postInitApplicationSQL` as the superuser, then the managed roles.
    private func makeDatabase() async throws {
        let cluster = try #require(manifests.all("Cluster").first?.spec)
        let start = try #require(cluster.bootstrap?.initdb)
        try await sql([
            "CREATE ROLE \(start.owner) LOGIN PASSWORD 'admin'", "CREATE DATABASE \(start.database) OWNER \(start.owner)",
        ])
        try await sql(start.postInitApplicationSQL, in: start.database)
        for role in try #require(cluster.managed?.roles) {
            try await sql([
                "CREATE ROLE \(role.name) LOGIN PASSWORD '\(role.name)' IN ROLE \(role.inRoles.joined(separator: ", "))"
            ])
        }
    }

    private func migrate() async throws {
        let job = try #require(manifests.all("Job").first?.spec?.template?.spec.containers.first)
        try folder.write("database/password", "admin\n")
        _ = try await Tool.output(
            BuiltProgram.path(job.args[0]), Array(job.args.dropFirst()), environment: environment(of: job), in: folder.url)
    }

    private func startsWell(_ deployment: Manifests.Document) async throws {
        let pod = try #require(deployment.spec?.template?.spec)
        let container = pod.containers[0]
        for map in manifests.all("ConfigMap") {
            for (name, text) in map.data ?? [:] { try folder.write("configuration/\(name)", here(text)) }
        }
        for secret in ["webhook-token", "enreach", "dynamics"] { try folder.write("vendors/\(secret)", "secret-of-\(secret)") }
        try folder.write("privacy/key", Data(repeating: 7, count: 32).base64EncodedString())
        let role = deployment.metadata.name.replacing("-", with: "_")
        try folder.write("database/password", role)
        let port = try FreePort.find()
        var variables = environment(of: container)
        variables["TRUNKLINE_HTTP_PORT"] = "\(port)"
        RunningService.takeFreePorts(container.args[0], &variables)
        let program = try RunningService(
            try BuiltProgram.path(container.args[0]), container.args.dropFirst().map { here($0) }, environment: variables,
            in: folder)
        try await program.isWell("http://127.0.0.1:\(port)/health/ready")
        #expect(try await program.stop() == 0, "\(program.words)")
    }

    /// With the variables and files of their pod, and nothing else.
    private func operatorsCommandsRun() async throws {
        let deployment = manifests.all("Deployment").first { $0.metadata.name == "trunkline-operator" }
        let container = try #require(deployment?.spec?.template?.spec.containers.first)
        try folder.write("database/password", "operator")
        func run(_ arguments: [String]) async throws -> Tool {
            try await Tool.run(
                BuiltProgram.path("trunkline"), arguments, environment: environment(of: container), in: folder.url)
        }
        let added = try await run(["tenants", "add", "acme", "--region", "FI"])
        #expect(added.status == 0, "\(added.errors)")
        let doctor = try await run(["doctor", "--offline"])
        #expect(doctor.output.contains("1 tenants, each with its entry in"), "\(doctor.output) \(doctor.errors)")
        #expect(!doctor.output.contains("may not look") && !doctor.output.contains("not a member"), "\(doctor.output)")
    }

    /// As many as may run now of that queue, and none of another.
    private func queryCounts(_ scaled: Manifests.Document) async throws {
        let trigger = try #require(scaled.spec?.triggers?.first?.metadata)
        let name = scaled.metadata.name
        try await sql(
            [
                "DELETE FROM hub.job_depth",
                """
                INSERT INTO hub.job_depth (queue_id, kind_id, lane, state, jobs, oldest_at, counted_at)
                SELECT q.queue_id, k.kind_id, 0, s.state, s.jobs, now(), now()
                FROM hub.job_queue q, (SELECT min(kind_id) AS kind_id FROM hub.job_kind) k, (VALUES ('ready', 41), ('retry', 7)) s (state, jobs)
                """,
            ], in: "trunkline")
        let url = server.connectionString(database: "trunkline", user: trigger.userName, password: trigger.userName)
        let answer = try await Tool.output(psql, ["--no-psqlrc", "-At", "-c", trigger.query, url])
        #expect(answer == "41\n", "the queue \(name) is known, and only what may run now counts")
    }

    private var psql: String { server.binaries.appending(path: "psql").path() }

    private func sql(_ statements: [String], in database: String = "postgres") async throws {
        let text = statements.map { $0 + ";\n" }.joined()
        _ = try await Tool.output(
            psql, ["--set", "ON_ERROR_STOP=1", "-q", server.connectionString(database: database)], input: text)
    }

    private func environment(of container: Manifests.Container) -> [String: String] {
        Dictionary(container.env.map { ($0.name, here($0.value)) }) { $1 }
    }

    /// The same text with this machine's places; the private server speaks no TLS.
    private func here(_ text: String) -> String {
        text.replacing("/run/secrets", with: folder.url.path())
            .replacing("/etc/trunkline", with: folder.url.appending(path: "configuration").path())
            .replacing("@trunkline-db-rw/", with: "@127.0.0.1:\(server.port)/").replacing(
                "sslmode=verify-full", with: "sslmode=disable")
    }
}
