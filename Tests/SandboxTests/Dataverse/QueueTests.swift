import Sandbox
import Testing

@Suite("Simulated queues")
struct QueueTests {
    let client = DataverseClient()
    let call = "6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10"
    let support = "11110000-0000-4000-8000-000000000001"
    let sales = "11110000-0000-4000-8000-000000000002"
    let ann = "22220000-0000-4000-8000-000000000001"

    init() throws {
        try client.dataverse.seed(
            "queues", [["queueid": .string(support), "name": "Support"], ["queueid": .string(sales), "name": "Sales"]])
        try client.dataverse.seed("systemusers", [["systemuserid": .string(ann), "firstname": "Ann", "lastname": "Smith"]])
        try client.dataverse.seed("phonecalls", [["activityid": .string(call), "subject": "Call back"]])
    }

    private func add(to queue: String, _ more: JSONObject = JSONObject()) async -> Answer {
        var body = JSONObject([
            "Target": ["@odata.type": "Microsoft.Dynamics.CRM.phonecall", "activityid": .string(call)]
        ])
        body.members += more.members
        return await client.send("POST", "queues(\(queue))/Microsoft.Dynamics.CRM.AddToQueue", .object(body))
    }

    private func item(_ id: String) async -> JSON { await client.get("queueitems(\(id))").json }

    @Test("take a row once, with its properties, and answer the item")
    func add() async throws {
        let added = await add(
            to: support, JSONObject(["QueueItemProperties": ["@odata.type": "Microsoft.Dynamics.CRM.queueitem", "priority": 7]]))
        #expect(added.status == 200)
        #expect(
            added.json["@odata.context"]?.string
                == "\(DataverseClient.root)$metadata#Microsoft.Dynamics.CRM.AddToQueueResponse")
        let id = try #require(added.json["QueueItemId"]?.string)
        let row = await item(id)
        #expect(row["priority"] == 7)
        #expect(row["title"] == "Call back")
        #expect(row["_queueid_value"]?.string == support)
        #expect(row["_objectid_value"]?.string == call)
        #expect(row["statecode"] == 0)
        #expect(row["enteredon"] == "2026-03-02T10:00:00Z")
        #expect(await add(to: support).json["QueueItemId"]?.string == id)
        let second = await client.send(
            "POST", "queueitems",
            [
                "queueid@odata.bind": .string("/queues(\(sales))"),
                "objectid_phonecall@odata.bind": .string("/phonecalls(\(call))"),
            ])
        #expect(second.status == 400)
        #expect(second.code == "0x80040526")
        #expect(client.dataverse.count("queueitems") == 1)
    }

    @Test("move an item with AddToQueue and RouteTo, taking its worker off")
    func move() async throws {
        let id = try #require(await add(to: support).json["QueueItemId"]?.string)
        _ = await client.send(
            "PATCH", "queueitems(\(id))", ["workerid_systemuser@odata.bind": .string("/systemusers(\(ann))")])
        #expect(await item(id)["_workerid_value"]?.string == ann)
        #expect(await item(id)["workeridmodifiedon"] == "2026-03-02T10:00:00Z")
        client.clock.advance(60)
        let wrong = await add(
            to: sales, JSONObject(["SourceQueue": ["@odata.type": "Microsoft.Dynamics.CRM.queue", "queueid": .string(sales)]]))
        #expect(wrong.code == "0x80040524")
        let moved = await add(
            to: sales, JSONObject(["SourceQueue": ["@odata.type": "Microsoft.Dynamics.CRM.queue", "queueid": .string(support)]]))
        #expect(moved.json["QueueItemId"]?.string == id)
        var row = await item(id)
        #expect(row["_queueid_value"]?.string == sales)
        #expect(row["_workerid_value"] == JSON.null)
        #expect(row["enteredon"] == "2026-03-02T10:01:00Z")
        _ = await client.send("PATCH", "queueitems(\(id))", ["queueid@odata.bind": .string("/queues(\(support))")])
        #expect(await item(id)["_queueid_value"]?.string == sales)

        let route: (JSON) -> JSON = { target in
            ["Target": target, "QueueItem": ["@odata.type": "Microsoft.Dynamics.CRM.queueitem", "queueitemid": .string(id)]]
        }
        let toAnn = await client.send(
            "POST", "RouteTo", route(["@odata.type": "Microsoft.Dynamics.CRM.systemuser", "systemuserid": .string(ann)]))
        #expect(toAnn.status == 204)
        row = await item(id)
        let own = await client.get("systemusers(\(ann))?$expand=queueid($select=name,queueviewtype)").json
        #expect(row["_queueid_value"] == own["_queueid_value"])
        #expect(own["queueid"]?["name"] == "<Ann Smith>")
        #expect(own["queueid"]?["queueviewtype"] == 1)
        let again = await client.send(
            "POST", "RouteTo", route(["@odata.type": "Microsoft.Dynamics.CRM.systemuser", "systemuserid": .string(ann)]))
        #expect(again.code == "0x8004051b")
    }

    @Test("hand an item to a worker, take it back, and let it go")
    func work() async throws {
        let id = try #require(await add(to: support).json["QueueItemId"]?.string)
        let bound = "queueitems(\(id))/Microsoft.Dynamics.CRM."
        let pick: (Bool) -> JSON = { removes in
            [
                "SystemUser": ["@odata.type": "Microsoft.Dynamics.CRM.systemuser", "systemuserid": .string(ann)],
                "RemoveQueueItem": .bool(removes),
            ]
        }
        #expect(await client.send("POST", bound + "PickFromQueue", pick(false)).status == 204)
        #expect(await item(id)["_workerid_value"]?.string == ann)
        #expect(await client.send("POST", bound + "ReleaseToQueue").status == 204)
        #expect(await item(id)["_workerid_value"] == JSON.null)
        #expect(await client.send("POST", bound + "RemoveFromQueue").status == 204)
        #expect(await client.get("queueitems(\(id))").status == 404)
        #expect(await client.get("phonecalls(\(call))").status == 200)
        let next = try #require(await add(to: support).json["QueueItemId"]?.string)
        #expect(await client.send("POST", "queueitems(\(next))/Microsoft.Dynamics.CRM.PickFromQueue", pick(true)).status == 204)
        #expect(client.dataverse.count("queueitems") == 0)
    }

    @Test("let go of closed and deleted rows, and refuse closed ones")
    func close() async throws {
        let id = try #require(await add(to: support).json["QueueItemId"]?.string)
        #expect(await client.send("DELETE", "queues(\(support))").status == 405)
        _ = await client.send("PATCH", "phonecalls(\(call))", ["statecode": 1, "statuscode": 2])
        #expect(await item(id)["statecode"] == 1)
        #expect(await item(id)["statuscode"] == 2)
        #expect(await add(to: sales).code == "0x8004051e")
        _ = await client.send("DELETE", "phonecalls(\(call))")
        #expect(await client.get("queueitems(\(id))").status == 404)
        #expect(await add(to: sales).code == "0x80040217")
    }

    @Test("give their items' rights, and refuse what is no parameter")
    func rights() async throws {
        #expect(await add(to: support, JSONObject(["Whither": "x"])).code == "0x80048d19")
        #expect(await client.send("POST", "queues(\(support))/Microsoft.Dynamics.CRM.AddToQueue", [:]).status == 400)
        client.dataverse.setRoles(missingPrivileges: ["prvAppendToQueue"])
        #expect(await add(to: support).code == "0x80040220")
        client.dataverse.setRoles(missingPrivileges: ["prvReadQueue"])
        #expect(await client.get("queueitems").code == "0x80040220")
    }
}
