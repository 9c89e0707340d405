import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Postgres
import Routing
import Runtime
import Testing
import TestSupport

@testable import Router

@Suite(.database) struct ServingTests {
    @Test(arguments: [false, true]) func `a known caller goes to the owner, and comes no further there`(usesDatabase: Bool)
        async throws
    {
        try await TestRouter.run(usesDatabaseIndex: usesDatabase, prepare: RouterFixtures.known) { router async throws in
            #expect(try await router.ask("+358401234567").target == "+358931001")
            #expect(try await router.ask("+358401234567", bnum: "+358931001").status == 204)
            #expect(try await router.ask("+358409999999").status == 204)
            // A colleague is nobody's customer.
            #expect(try await router.ask("+358931001").status == 204)
        }
    }

    @Test func `rules that are applied count within two seconds`() async throws {
        try await TestRouter.run(rules: nil, prepare: RouterFixtures.known) { router async throws in
            #expect(try await router.ask("+358401234567").status == 204)
            try await router.appliesInTime()
        }
    }

    @Test func `rules are refused when others were applied meanwhile`() async throws {
        try await TestRouter.run { router async throws in
            let error = await #expect(throws: PostgresError.self) {
                _ = try await router.database.withTransaction {
                    try await RuleSetStore.apply(
                        "rules: []", rules: 1, tenant: router.tenant, after: 0, who: "test", note: nil, on: $0)
                }
            }
            #expect(error?.code == .serializationFailure)
        }
    }

    @Test func `two keys are valid at once, a third is refused, and a revoked one opens nothing`() async throws {
        try await TestRouter.run { router async throws in
            let second = KeyDigest.newKey()
            func add(_ key: String) async throws -> Int32 {
                try await router.database.withTransaction {
                    try await ApiKeyStore.add(
                        name: "k", digest: KeyDigest.of(key), networks: [], tenant: router.tenant, who: "t", expires: nil, on: $0)
                }
            }
            _ = try await add(second)
            await #expect(throws: PostgresError.self) { _ = try await add(KeyDigest.newKey()) }
            try await eventually("the second key counts") { try await router.ask("+358401234567", key: second).status == 204 }
            #expect(try await router.ask("+358401234567").status == 204)
            let first = try await router.database.withConnection {
                try await ApiKeyStore.list(tenant: router.tenant, on: $0).last
            }
            let id = try #require(first?.id)
            #expect(
                try await router.database.withTransaction {
                    try await ApiKeyStore.revoke(id, tenant: router.tenant, who: "t", on: $0)
                })
            try await eventually("the first key counts no more") { try await router.ask("+358401234567").status == 401 }
            #expect(try await router.ask("+358401234567", key: second).status == 204)
            _ = try await add(KeyDigest.newKey())
        }
    }

    @Test func `a key may be shown from its networks only, and as the password of Basic`() async throws {
        try await TestRouter.run { router async throws in
            let (near, far) = (KeyDigest.newKey(), KeyDigest.newKey())
            try await router.database.withConnection { connection in
                try await connection.run(script: "UPDATE hub.api_key SET revoked_at = now() WHERE tenant_id = \(router.tenant)")
                for (key, network) in [(near, "127.0.0.0/8"), (far, "80.88.186.0/24")] {
                    _ = try await ApiKeyStore.add(
                        name: network, digest: KeyDigest.of(key), networks: [try #require(Network(network))],
                        tenant: router.tenant, who: "t",
                        expires: nil, on: connection)
                }
            }
            try await eventually("the keys count") { try await router.ask("+358401234567", key: near).status == 204 }
            #expect(try await router.ask("+358401234567", key: far).status == 401)
            let basic = Data("enreach:\(near)".utf8).base64EncodedString()
            let answers = try await router.raw(
                Array(
                    "POST /route HTTP/1.1\r\nAuthorization: Basic \(basic)\r\nConnection: close\r\nContent-Length: 24\r\n\r\n{\"anum\":\"+1\",\"bnum\":\"x\"}"
                        .utf8))
            #expect(answers.map(\.status) == [204])
        }
    }

    @Test func `it answers with the database away, and 204 once what it knows is too old`() async throws {
        try await TestRouter.run(stale: .seconds(12), keepsDecisions: true, prepare: RouterFixtures.known) {
            router async throws in
            #expect(try await router.ask("+358401234567").target == "+358931001")
            await router.own.close()
            for _ in 0..<20 { #expect(try await router.ask("+358401234567").target == "+358931001") }
            try await eventually("too old") { try await router.ask("+358401234567").status == 204 }
            // What could not be written waits.
            #expect(router.queue.count > 0)
        }
    }

    @Test func `with the index in the database and a database that does not answer it is 204 at the deadline`() async throws {
        var settings = RouteSettings()
        settings.deadline = .milliseconds(200)
        try await TestRouter.run(usesDatabaseIndex: true, settings: settings, prepare: RouterFixtures.known) {
            router async throws in
            try await router.database.withTransaction { connection in
                try await connection.run(script: "LOCK TABLE hub.directory_number IN ACCESS EXCLUSIVE MODE")
                #expect(try await router.ask("+358401234567").status == 204)
            }
            try await eventually("it answers again") { try await router.ask("+358401234567").target == "+358931001" }
        }
    }

    @Test func `questions beyond the limit are answered 204, not with an error`() async throws {
        var settings = RouteSettings()
        settings.mostInFlight = 0
        try await TestRouter.run(usesDatabaseIndex: true, settings: settings, prepare: RouterFixtures.known) {
            router async throws in
            #expect(try await router.ask("+358401234567").status == 204)
        }
    }

    @Test func `decisions are kept with their story and decide again byte for byte`() async throws {
        try await TestRouter.run(keepsDecisions: true, prepare: RouterFixtures.known) { router async throws in
            _ = try await router.ask("+358401234567")
            _ = try await router.post(#"{"anum":"anonymous","bnum":"+35893100500","extradata":{"CallId":"c1","DYN_X":"y"}}"#)
            let count = Statement("", "SELECT count(*) FROM hub.route_decision WHERE tenant_id = $1")
            try await eventually("both are kept") {
                try await router.database.query(count, [router.tenant])[0].decode(Int64.self) == 2
            }
            let rows = try await router.database.query(
                Statement(
                    "",
                    "SELECT anum, bnum, target_id, call_id, rule, initial_target, question, trace::text FROM hub.route_decision WHERE tenant_id = $1 ORDER BY at, seq"
                ),
                [router.tenant])
            let program = try RuleProgram.compile(TestRouter.rules, file: "r")
            for row in rows {
                let (anum, bnum, targetID, callID, rule, initial, question, trace) = try row.decode(
                    String.self, String.self, String?.self, String?.self, String?.self, String?.self, JSONB.self, String.self)
                let kept = try question.decode(KeptQuestion.self)
                let call = kept.call(anum: anum, bnum: bnum, targetID: targetID, callID: callID)
                let story = program.explain(call, kept.facts)
                #expect(story.lines.last { $0.fits }?.rule == rule)
                #expect(story.decision.json.map { $0.contains(initial ?? "?") } ?? (initial == nil))
                for line in story.lines { #expect(trace.contains(line.why.replacing("\"", with: "\\\""))) }
            }
            #expect(try rows[1].decode("call_id", as: String?.self) == "c1")
        }
    }

    @Test func `the interface is described, and the description holds`() async throws {
        try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
            let answer = try await router.post(bytes: [], path: "/openapi.json", method: "GET")
            #expect(answer.status == 200)
            let document = try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
            let components = try #require(document["components"] as? [String: Any])
            let schemas = try #require(components["schemas"] as? [String: Any])
            for path in ["/route", "/route/{tenant}"] {
                let item = (document["paths"] as? [String: Any])?[path] as? [String: Any]
                let post = try #require(item?["post"] as? [String: Any])
                let statuses = Set(try #require(post["responses"] as? [String: Any]).keys.compactMap { Int($0) })
                // What it says it can answer is what it can answer, neither more nor less; and never that the fault is its own.
                #expect(statuses == Set(Answer.statuses) && statuses.allSatisfy { $0 < 500 })
            }
            let seen = [
                try await router.ask("+358401234567").status, try await router.ask("+358409999999").status,
                try await router.post("x").status,
                try await router.ask("a", key: "x").status, try await router.ask("a", path: "/x").status,
                try await router.post(bytes: [], method: "PUT").status,
            ]
            #expect(seen == [200, 204, 400, 401, 404, 405])
            // What it says it needs, it needs; what it says it answers, it answers.
            let needed = (schemas["Question"] as? [String: Any])?["required"] as? [String] ?? []
            for name in needed {
                let body = needed.filter { $0 != name }.map { "\"\($0)\":\"+358401234567\"" }.joined(separator: ",")
                #expect(try await router.post("{\(body)}").status == 400)
            }
            let members = Set(((schemas["Answer"] as? [String: Any])?["properties"] as? [String: Any] ?? [:]).keys)
            let routed = try await router.ask("+358401234567").body
            let object = try #require(try JSONSerialization.jsonObject(with: Data(routed.utf8)) as? [String: Any])
            #expect(Set(object.keys).isSubset(of: members))
        }
    }

    @Test func `TLS, HTTP/2, and a certificate that is changed while it runs`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "router-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.appending(path: "c.pem"), folder.appending(path: "k.pem"))
        try Data(TestCertificates.first.utf8).write(to: certificate)
        try Data(TestCertificates.firstKey.utf8).write(to: key)
        let files = try TLSFiles(
            certificate: certificate.path(), key: key.path(), logger: Logger(label: "tls") { _ in SwiftLogNoOpLogHandler() })
        try await TestRouter.run(tls: files, prepare: RouterFixtures.known) { router async throws in
            let answer = try await Self.post(router, trusting: TestCertificates.first)
            #expect(answer.version == .http2 && answer.status == .ok && answer.body.contains("+358931001"))
            try Data(TestCertificates.second.utf8).write(to: certificate)
            try Data(TestCertificates.secondKey.utf8).write(to: key)
            try await eventually("the new certificate is shown") {
                (try? await Self.post(router, trusting: TestCertificates.second))?.status == .ok
            }
            let old = try await Self.post(router, trusting: TestCertificates.second, http1: true)
            #expect(old.version == .http1_1 && old.status == .ok)
        }
    }

    private static func post(_ router: TestRouter, trusting certificate: String, http1: Bool = false) async throws
        -> (version: HTTPVersion, status: HTTPResponseStatus, body: String)
    {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)))
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        if http1 { configuration.httpVersion = .http1Only }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            var request = HTTPClientRequest(url: "https://localhost:\(router.port)/route")
            request.method = .POST
            request.headers.add(name: "X-Benemen-APIKey", value: router.key)
            request.body = .bytes(Array(#"{"anum":"+358401234567","bnum":"+35893100500"}"#.utf8))
            let response = try await client.execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 10_000)
            try await client.shutdown()
            return (response.version, response.status, String(buffer: body))
        } catch {
            try await client.shutdown()
            throw error
        }
    }
}
