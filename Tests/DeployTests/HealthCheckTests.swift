import EmbeddedPostgres
import Foundation
import TestSupport
import Testing

@Suite("The health check of the containers")
struct HealthCheckTests {
    private func check(_ arguments: String...) async throws -> Tool {
        try await Tool.run(BuiltProgram.path("trunkline"), ["health"] + arguments)
    }

    @Test("It finds a program that lives but can't work unwell, and says why")
    func unready() async throws {
        let folder = try ScratchFolder()
        let port = try FreePort.find()
        let program = try RunningService(
            try BuiltProgram.path("call-sync"), ["--http-port", "\(port)"],
            environment: ["TRUNKLINE_DATABASE_URL": "host=127.0.0.1 port=1 dbname=none connect_timeout=2"], in: folder)
        try await program.isWell("http://127.0.0.1:\(port)/health/live")
        let run = try await check("--timeout", "60", "http://127.0.0.1:\(port)/health/ready")
        #expect(run.status == 1 && run.errors.contains("answered 503"))
        #expect(run.output.contains(#""name":"database""#))
        let quiet = try await check("--timeout", "60", "--quiet", "http://127.0.0.1:\(port)/health/ready")
        #expect(quiet.status == 1 && quiet.output.isEmpty && quiet.errors.isEmpty)
        #expect(try await program.stop() == 0)
    }

    @Test("No answer is unwell, and what is no address is told from that")
    func noAnswer() async throws {
        let page = "http://127.0.0.1:\(try FreePort.find())/health/ready"
        let run = try await check(page)
        #expect(run.status == 1 && run.errors == "trunkline: \(page): no answer: connection refused\n", "\(run.errors)")
        let quiet = try await check("--quiet", page)
        #expect(quiet.status == 1 && quiet.errors.isEmpty)
        for address in ["ftp://127.0.0.1/", "127.0.0.1:8080", "http://"] {
            let run = try await check(address)
            #expect(run.status == 64, "\(address): \(run.errors)")
        }
        let late = try await check("--timeout", "0", "http://127.0.0.1/")
        #expect(late.status == 64)
    }
}
