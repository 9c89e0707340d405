import Foundation
import Sandbox
import Testing

@Suite struct EnreachApiTests {
    @Test func `Discovery answers an array for GET and POST, with and without a slash, and an empty one for strangers`()
        async throws
    {
        try await withSandbox { sandbox in
            for path in ["/api/user?user=integration@demo.example", "/api/user/?user=INTEGRATION%40demo.example"] {
                let answer = try await sandbox.get(sandbox.server.addresses.enreachDiscovery + path)
                #expect(answer.status == 200)
                #expect(answer.array.first?["apiEndpoint"] as? String == sandbox.server.addresses.enreach + "/")
            }
            let posted = try await sandbox.send(
                "POST", sandbox.server.addresses.enreachDiscovery + "/api/user", body: #"{"user":"agent1@demo.example"}"#)
            #expect(posted.status == 200)
            #expect(posted.array.count == 1)
            let nobody = try await sandbox.get(sandbox.server.addresses.enreachDiscovery + "/api/user?user=nobody@demo.example")
            #expect(nobody.status == 200)
            #expect(nobody.array.isEmpty)
        }
    }

    @Test(arguments: [
        "/authuser/integration@demo.example", "/authuser/integration@demo.example/", "//authuser/integration@demo.example",
    ])
    func `A password gives the key on tolerant paths`(path: String) async throws {
        try await withSandbox { sandbox in
            let right = try await sandbox.send(
                "POST", sandbox.server.addresses.enreach + path,
                body: #"{"UserName":"integration@demo.example","Password":"demo-password"}"#)
            #expect(right.status == 200)
            #expect(right.object["SecretKey"] as? String == "demo-secret-key")
            let wrong = try await sandbox.send(
                "POST", sandbox.server.addresses.enreach + path,
                body: #"{"UserName":"integration@demo.example","Password":"no"}"#)
            #expect(wrong.status == 401)
            #expect(wrong.object["Message"] is String)
        }
    }

    @Test func `Every address needs the key and answers JSON even when it refuses`() async throws {
        try await withSandbox { sandbox in
            for path in ["/users", "/users/me", "/queues/", "/calls", "/servicecall", "/nothing"] {
                let answer = try await sandbox.get(sandbox.server.addresses.enreach + path)
                #expect(answer.status == 401)
                #expect(answer.object["Message"] is String)
            }
            let nothing = try await sandbox.enreach("/nothing")
            #expect(nothing.status == 404)
            #expect(nothing.object["Message"] is String)
        }
    }

    @Test func `Users have what the table says, and me is the caller`() async throws {
        try await withSandbox { sandbox in
            let users = try await sandbox.enreach("/users/")
            #expect(users.array.count > 20)
            let first = try #require(users.array.first)
            #expect(first["Id"] is String)
            #expect(first["OrganizationID"] as? String == "7f0e6d3a-1111-4c1c-9a01-2a4f9e6b0001")
            let me = try await sandbox.enreach("/users/me")
            #expect(me.object["UserName"] as? String == "integration@demo.example")
            let one = try await sandbox.enreach("/users/\(first["Id"] as? String ?? "")")
            #expect(one.object["UserName"] as? String == first["UserName"] as? String)
            let queues = try await sandbox.enreach("/queues")
            #expect(queues.array.contains { $0["Status"] is NSNull })
        }
    }

    @Test(arguments: [
        ("", 400), ("?StartTime=2026-01-01+00:00:00", 400),
        ("?ModifiedAfter=2026-01-01T00:00:00Z&ModifiedBefore=2026-02-02T00:00:00Z", 400),
        ("?ModifiedAfter=2026-01-01T00:00:00Z&ModifiedBefore=2026-02-01T00:00:00Z", 200),
        ("?modifiedafter=2026-01-01%2000%3A00%3A00&MODIFIEDBEFORE=2026-01-02+00:00:00", 200),
        ("?StartTime=2026-01-02+00:00:00&EndTime=2026-01-01+00:00:00", 400), ("?StartTime=yesterday&EndTime=today", 400),
        ("?CallId=4b415288-8604-4b6c-b604-e4eaeb90c938", 200), ("?CallId=7", 400),
    ])
    func `A filter of calls is checked`(query: String, status: Int) async throws {
        try await withSandbox { sandbox in
            let answer = try await sandbox.enreach("/calls" + query)
            #expect(answer.status == status)
        }
    }
}
