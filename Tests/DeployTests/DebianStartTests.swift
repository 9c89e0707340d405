import EmbeddedPostgres
import Foundation
import TestSupport
import Testing

/// The package's programs as its units start them, with the files that it lays into `/etc`, on a database made as docs/database.md says.
@Suite("The Debian package's configuration, started for real", .serialized)
struct DebianStartTests {
    private static let logins = ["call_sync", "user_sync", "callback_sync", "router", "console"]

    @Test("Every program comes up with the package's files as they are, and with all that is commented out filled in")
    func comesUp() async throws {
        let package = try await DebianPackage.shared.value
        let server = try await EmbeddedPostgres.start(durable: false)
        do {
            try await makeDatabase(on: server, package)
            for login in Self.logins {
                for isFilledIn in [false, true] {
                    try await start(login.replacing("_", with: "-"), isFilledIn: isFilledIn, package, server)
                }
            }
        } catch {
            await server.stop(.immediate)
            throw error
        }
        await server.stop(.immediate)
    }

    private func makeDatabase(on server: EmbeddedPostgres, _ package: DebianPackage) async throws {
        let psql = server.binaries.appending(path: "psql").path()
        let arguments = ["--no-psqlrc", "--set", "ON_ERROR_STOP=1", "-q", server.connectionString()]
        _ = try await Tool.output(psql, arguments, input: "CREATE DATABASE trunkline;")
        let trunkline = package.root.appending(path: "usr/bin/trunkline").path()
        for command in [["migrate"], ["tenants", "add", "acme", "--region", "FI"]] {
            _ = try await Tool.output(
                trunkline, command, environment: ["TRUNKLINE_DATABASE_URL": server.connectionString(database: "trunkline")])
        }
        let roles = Self.logins.map { "CREATE ROLE \($0) LOGIN PASSWORD 'password-of-\($0)' IN ROLE trunkline_\($0);" }
        _ = try await Tool.output(psql, arguments, input: roles.joined())
    }

    private func start(_ program: String, isFilledIn: Bool, _ package: DebianPackage, _ server: EmbeddedPostgres) async throws {
        let folder = try ScratchFolder()
        try makeSecrets(in: folder)
        let unit = try Unit(text: package.text("lib/systemd/system/trunkline-\(program)@.service"))
        let file = try #require(unit.command.last { $0.hasPrefix("/etc/trunkline/") })
        let text = try package.text(String(file.dropFirst()))
        let sample = (isFilledIn ? text.uncommented : text).replacing("127.0.0.1/", with: "127.0.0.1:\(server.port)/")
        let configuration = try folder.write("trunkline/\(URL(filePath: file).lastPathComponent)", sample)

        var variables = unit.variables.merging(try defaults(of: program, isFilledIn: isFilledIn, package, folder)) { $1 }
        if !isFilledIn { variables["PGPASSWORD"] = "password-of-\(variables["PGUSER"] ?? "")" }
        let port = try FreePort.find()
        variables["TRUNKLINE_HTTP_PORT"] = "\(port)"
        RunningService.takeFreePorts(program, &variables)
        let service = try RunningService(
            package.root.appending(path: String(unit.command[0].dropFirst())).path(),
            unit.command.dropFirst().map { $0 == file ? configuration : $0 }, environment: variables, in: folder)
        try await service.isWell("http://127.0.0.1:\(port)/health/ready")
        #expect(try await service.stop() == 0, "\(program): \(service.words)")
    }

    /// The variables of `/etc/default`; filled in, those that are commented out as well.
    private func defaults(
        of program: String, isFilledIn: Bool, _ package: DebianPackage, _ folder: ScratchFolder
    ) throws -> [String: String] {
        let lines = try package.text("etc/default/trunkline-\(program)").matches(of: /(?m)^(#?)([A-Z_]+)=(.*)$/)
        let set = lines.filter { isFilledIn || $0.1.isEmpty }
        return Dictionary(uniqueKeysWithValues: set.map { (String($0.2), here(String($0.3), folder)) })
    }

    private func makeSecrets(in folder: ScratchFolder) throws {
        for secret in ["acme-webhook", "acme-enreach", "acme-dynamics", "console", "odata"] {
            try folder.write("trunkline/secrets/\(secret)", "a-secret-that-is-long-enough-to-be-one")
        }
        try folder.write("trunkline/secrets/privacy", Data(repeating: 7, count: 32).base64EncodedString())
        for login in Self.logins {
            try folder.write("trunkline/secrets/database-\(login.replacing("_", with: "-"))", "password-of-\(login)\n")
        }
        try folder.write("trunkline/secrets/router.pem", TestCertificates.first)
        try folder.write("trunkline/secrets/router.key", TestCertificates.firstKey)
    }

    private func here(_ text: String, _ folder: ScratchFolder) -> String {
        text.replacing("/etc/trunkline/", with: folder.url.appending(path: "trunkline/").path())
    }

    /// What of a unit says how its first instance is started.
    private struct Unit {
        let command: [String]
        let variables: [String: String]

        init(text: String) throws {
            let text = text.replacing("%i", with: "1")
            command = try #require(text.firstMatch(of: /(?m)^ExecStart=(.+)$/)).1.split(separator: " ").map(String.init)
            let words = text.matches(of: /(?m)^Environment=(.+)$/).flatMap { $0.1.split(separator: " ") }
            variables = Dictionary(
                words.map { word in
                    let halves = word.split(separator: "=", maxSplits: 1)
                    return (String(halves[0]), String(halves[1]))
                }
            ) { $1 }
        }
    }
}
