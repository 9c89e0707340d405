import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Runtime

/// A program of ours as a process, with what it wrote to standard error.
final class RunningProgram {
    let process = Process()
    private let errors: String

    init(_ name: String, _ arguments: [String], in folder: Folder, environment: [String: String] = [:]) throws {
        errors = folder.path + "/stderr-\(UUID().uuidString)"
        try Data().write(to: URL(filePath: errors))
        process.executableURL = URL(filePath: try BuiltProgram.path(name))
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        process.standardError = FileHandle(forWritingAtPath: errors)
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var log: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

    func exitCode() async throws -> Int32 {
        try await eventually(within: .seconds(120), "the program ends") { !process.isRunning }
        return process.terminationStatus
    }

    /// The port its log says it serves on.
    func port() async throws -> Int {
        var port: Int?
        try await eventually(within: .seconds(120), "the program says its port") {
            port =
                log.split(separator: "\n").lazy.compactMap { line -> Int? in
                    let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    guard object?["message"] as? String == "Serving health and metrics" else { return nil }
                    return (object?["port"] as? String).flatMap { Int($0) }
                }.first
            return port != nil
        }
        return try #require(port)
    }
}

@Suite("A whole program as a process", .database)
struct ProgramTests {
    let folder: Folder
    init() throws { folder = try Folder() }

    func get(_ port: Int, _ path: String) async throws -> (status: UInt, body: String) {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)"), timeout: .seconds(10))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    @Test("An unknown key ends it with 78 and one line")
    func unknownKey() async throws {
        try folder.write("trunkline.yaml", "database: {url: postgresql://h/d}\nhttp:\n  prot: 1\n")
        let program = try RunningProgram("call-sync", [], in: folder)
        #expect(try await program.exitCode() == 78)
        #expect(program.log == "call-sync: trunkline.yaml:3: http.prot: is no known key; did you mean `http.port`?\n")
    }

    @Test(
        "Wrong types, missing values and files, and unknown flags end it with 78 and one line",
        arguments: [
            (["--http-port", "eighty"], "--http-port: http.port:"), (["--colour", "red"], "--colour: is no known flag"),
            (["--config", "gone.yaml"], "--config: there is no file gone.yaml"), ([], "database.url: is not set"),
        ])
    func refused(arguments: [String], start: String) async throws {
        let environment = arguments.isEmpty ? [:] : ["TRUNKLINE_DATABASE_URL": "postgresql://h/d"]
        let program = try RunningProgram("call-sync", arguments, in: folder, environment: environment)
        #expect(try await program.exitCode() == 78)
        #expect(program.log.hasPrefix("call-sync: \(start)") && program.log.filter(\.isNewline).count == 1)
    }

    @Test(
        "A tenant's secret or certificate that can't be read ends it with 78 and one line that names place, key and file",
        arguments: [
            ("client_secret_file: gone", "client_secret_file"), ("certificate_file: gone", "certificate_file"),
            ("key_file: gone, certificate_file: secret", "key_file"),
        ])
    func unreadable(line: String, key: String) async throws {
        try folder.write("secret", "s")
        try folder.write(
            "trunkline.yaml",
            """
            database: {url: postgresql://h/d}
            tenants:
              - name: demo
                enreach: {username: u, secret_key_file: secret}
                dynamics: {url: https://demo.crm4.dynamics.com, directory_id: d, client_id: c,
                  \(line)}

            """)
        let program = try RunningProgram("call-sync", [], in: folder)
        #expect(try await program.exitCode() == 78)
        #expect(program.log.hasPrefix("call-sync: trunkline.yaml:6: tenants.demo.dynamics.\(key): "), "\(program.log)")
        #expect(program.log.contains("gone") && program.log.contains(";") && program.log.filter(\.isNewline).count == 1)
    }

    /// A file that shows a tenant with one line of its own, and what stands beside it.
    private func write(tenant line: String, _ more: String = "") throws {
        try folder.write("secret", "s")
        try folder.write(
            "trunkline.yaml",
            """
            database: {url: postgresql://h/d}
            tenants:
              - name: demo
                enreach: {username: u, \(line)}
                dynamics: {url: https://demo.crm4.dynamics.com, directory_id: d, client_id: c, client_secret_file: secret}
            \(more)
            """)
    }

    @Test(
        "`config check` refuses what a start would refuse, with the same line",
        arguments: [
            ("call-sync", "", "", "tenants.demo.enreach.secret_key: is not set"),
            ("user-sync", "api: http://10.0.0.1, secret_key_file: secret", "", "in clear"),
            ("call-sync", "secret_key_file: secret", "webhook: {networks: 10.0.0.0/40}", "is no network"),
            ("callback-sync", "secret_key_file: secret", "privacy: {key_file: secret}", "privacy.key"),
            ("callback-sync", "secret_key_file: secret", "traces: {endpoint: http://h, headers_file: secret}", "is no header"),
        ])
    func checked(program: String, tenant: String, more: String, problem: String) async throws {
        try write(tenant: tenant, more)
        var lines: [String] = []
        for arguments in [["config", "check"], ["--http-port", "0"]] {
            let process = try RunningProgram(program, arguments, in: folder)
            #expect(try await process.exitCode() == 78)
            lines.append(process.log)
        }
        #expect(lines[0].contains(problem) && lines[0].filter(\.isNewline).count == 1, "\(lines[0])")
        #expect(lines[0] == lines[1])
    }

    @Test("`config check` says ok to what starts", arguments: ["call-sync", "user-sync", "callback-sync"])
    func checkedWell(program: String) async throws {
        try write(tenant: "secret_key_file: secret")
        let process = try RunningProgram(program, ["config", "check"], in: folder)
        #expect(try await process.exitCode() == 0 && process.log.isEmpty, "\(process.log)")
    }

    @Test("A certificate without its key is found by `config check`", arguments: [("route", "router"), ("console", "console")])
    func half(section: String, program: String) async throws {
        try folder.write("cert.pem", TestCertificates.first)
        try folder.write("own.yaml", "database: {url: postgresql://h/d}\n\(section): {certificate_file: cert.pem}\n")
        let process = try RunningProgram(program, ["config", "check", "--config", "own.yaml"], in: folder)
        #expect(try await process.exitCode() == 78)
        #expect(process.log.contains("\(section).certificate_file: stands without its key"), "\(process.log)")
    }

    @Test("The sync programs' file is told from one of its own", arguments: ["router", "console"])
    func othersFile(program: String) async throws {
        try write(tenant: "secret_key_file: secret")
        let process = try RunningProgram(program, ["--http-port", "0"], in: folder)
        #expect(try await process.exitCode() == 78)
        #expect(
            process.log
                == "\(program): trunkline.yaml:2: tenants: is no key of \(program); give it a file of its own with --config\n")
    }

    @Test("While the database is down it serves, says so on /health/ready, and stops when told")
    func databaseDown() async throws {
        let program = try RunningProgram(
            "call-sync", ["--http-port", "0"], in: folder,
            environment: ["TRUNKLINE_DATABASE_URL": "host=127.0.0.1 port=1 dbname=none connect_timeout=2"])
        let port = try await program.port()
        #expect(try await get(port, "/health/live").status == 200)
        try await eventually("the reason shows") { try await get(port, "/health/ready").body.contains("attempt") }
        let ready = try await get(port, "/health/ready")
        #expect(ready.status == 503 && ready.body.contains(#""name":"database","state":"unready""#))
        #expect(try await get(port, "/metrics").body.contains("process_resident_memory_bytes"))
        program.process.terminate()
        #expect(try await program.exitCode() == 0)
    }

    @Test("On a database without the schema it ends with 69 and one clear line")
    func noSchema() async throws {
        let url = try await TestCluster.shared.empty()
        let program = try RunningProgram(
            "call-sync", ["--http-port", "0"], in: folder, environment: ["TRUNKLINE_DATABASE_URL": url])
        #expect(try await program.exitCode() == 69)
        #expect(program.log.split(separator: "\n").last?.contains("run `trunkline migrate`") == true)
        #expect(!program.log.contains("Already closed") && !program.log.contains("CancellationError"), "\(program.log)")
    }

    @Test("With its database it becomes ready, and SIGTERM ends it with 0")
    func ready() async throws {
        let program = try RunningProgram(
            "call-sync", ["--http-port", "0"], in: folder, environment: ["TRUNKLINE_DATABASE_URL": try TestDatabase.current.url])
        let port = try await program.port()
        try await eventually(within: .seconds(120), "it is ready") { try await get(port, "/health/ready").status == 200 }
        program.process.terminate()
        #expect(try await program.exitCode() == 0)
    }
}
