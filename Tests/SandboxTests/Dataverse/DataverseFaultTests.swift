import Sandbox
import Synchronization
import Testing

@Suite("Faults of the simulated Dataverse")
struct DataverseFaultTests {
    private func client(_ point: DataverseFaultPoint, _ fault: DataverseFault) -> DataverseClient {
        DataverseClient(faults: { asked, request in asked == point && request.path.contains("/api/data") ? fault : nil })
    }

    @Test("a cut before does nothing, a cut after has done everything")
    func cuts() async {
        let before = client(.before, .cut)
        #expect(await before.send("POST", "contacts", ["lastname": "x"]).response.cutConnection)
        #expect(before.dataverse.count("contacts") == 0)
        let after = client(.afterCommit, .cut)
        #expect(await after.send("POST", "contacts", ["lastname": "x"]).response.cutConnection)
        #expect(after.dataverse.count("contacts") == 1)
    }

    @Test("gateways answer in HTML, tokens expire, limits refuse at will")
    func answers() async {
        let gateway = await client(.before, .gateway(status: 502)).get("WhoAmI")
        #expect(gateway.status == 502)
        #expect(gateway.text.hasPrefix("<html>"))
        #expect(await client(.before, .expiredToken).get("WhoAmI").status == 401)
        let throttled = await client(.before, .throttled(.concurrency, retryAfter: 7)).get("WhoAmI")
        #expect(throttled.code == "0x80072326")
        #expect(throttled.response.headers["Retry-After"] == "7")
        let deadlock = await client(.before, .deadlock).send("POST", "contacts", ["lastname": "x"])
        #expect(deadlock.code == "0x80044150")
        #expect(deadlock.message.contains("Sql Number: 1205"))
    }

    @Test("two writes of one row at once deadlock when that is switched on")
    func deadlocks() async {
        let client = DataverseClient {
            $0.deadlocks = true
            $0.latency.update = 0.2
        }
        _ = await client.send("PATCH", "contacts(cccccccc-0000-4000-8000-000000000001)", ["lastname": "x"])
        #expect(await client.send("PATCH", "contacts(cccccccc-0000-4000-8000-000000000001)", ["lastname": "y"]).status == 204)
        var configuration = DataverseConfiguration()
        configuration.deadlocks = true
        configuration.latency.create = 0.3
        configuration.latency.update = 0.3
        let clock = MeetingClock(of: 4)
        let dataverse = Dataverse(configuration: configuration, clock: clock)
        let token = await signIn(dataverse)
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let answer = await dataverse.respond(
                        to: SandboxRequest(
                            method: "PATCH", path: "/api/data/v9.2/contacts(cccccccc-0000-4000-8000-000000000001)",
                            headers: ["Authorization": "Bearer \(token)"], body: Array(#"{"lastname":"x"}"#.utf8),
                            origin: DataverseClient.origin))
                    clock.answered()
                    return answer.status
                }
            }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.sorted() == [204, 500, 500, 500])
    }

    private func signIn(_ dataverse: Dataverse) async -> String {
        let body =
            "client_id=\(DataverseApplication.demo.clientID)&client_secret=demo-secret-one&grant_type=client_credentials"
            + "&scope=\(DataverseClient.origin)/.default"
        let answer = await dataverse.respond(
            to: SandboxRequest(
                method: "POST", path: "/\(dataverse.configuration.directory)/oauth2/v2.0/token", body: Array(body.utf8),
                origin: DataverseClient.origin))
        return Answer(answer).json["access_token"]?.string ?? ""
    }
}
