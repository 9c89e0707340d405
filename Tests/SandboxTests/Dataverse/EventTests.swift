import NIOHTTP1
import Sandbox
import Testing

@Suite("Simulated webhooks of Dataverse")
struct EventTests {
    /// Signs in over HTTP and sends requests to the Web API.
    struct Api {
        let sandbox: SandboxUnderTest
        let token: String

        init(_ sandbox: SandboxUnderTest) async throws {
            self.sandbox = sandbox
            let addresses = sandbox.server.addresses
            let form =
                "grant_type=client_credentials&client_id=22222222-3333-4444-8555-666666666666&client_secret=demo-secret-one&scope="
                + "\(addresses.dataverse.replacing(":", with: "%3A").replacing("/", with: "%2F"))%2F.default"
            let answer = try await sandbox.send(
                "POST", "\(addresses.authority)/demo.example/oauth2/v2.0/token", body: form)
            token = try #require(answer.object["access_token"] as? String)
        }

        func send(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> (status: Int, json: JSON, id: String) {
            let answer = try await sandbox.send(
                method, "\(sandbox.server.addresses.dataverse)/api/data/v9.2/\(path)",
                headers: ["Authorization": "Bearer \(token)"], body: body.map { String(decoding: $0.encoded, as: UTF8.self) })
            let id = answer.headers["odata-entityid"]?.split(separator: "(").last?.dropLast() ?? ""
            return (answer.status, (try? JSON(parsing: answer.body)) ?? .null, String(id))
        }

        /// Registers a step for a message on contacts.
        func listen(_ message: String, at url: String, columns: String? = nil, auth: (type: Int64, value: String) = (4, "key"))
            async throws
        {
            let endpoint = try await send(
                "POST", "serviceendpoints",
                [
                    "name": "Hub", "url": .string(url), "contract": 8, "authtype": .integer(auth.type),
                    "authvalue": .string(auth.value),
                ]
            ).id
            #expect(try await send("GET", "serviceendpoints(\(endpoint))").json["authvalue"] == JSON.null)
            let messages = try await send("GET", "sdkmessages?$filter=name%20eq%20'\(message)'").json
            let id = try #require(messages["value"]?[0]?["sdkmessageid"]?.string)
            let filters = try await send(
                "GET",
                "sdkmessagefilters?$filter=primaryobjecttypecode%20eq%20'contact'%20and%20_sdkmessageid_value%20eq%20\(id)"
            ).json
            let filter = try #require(filters["value"]?[0]?["sdkmessagefilterid"]?.string)
            var step = JSONObject([
                "name": .string("Hub: \(message)"), "stage": 40, "mode": 1, "rank": 1, "supporteddeployment": 0,
                "asyncautodelete": true, "sdkmessageid@odata.bind": .string("/sdkmessages(\(id))"),
                "sdkmessagefilterid@odata.bind": .string("/sdkmessagefilters(\(filter))"),
                "eventhandler_serviceendpoint@odata.bind": .string("/serviceendpoints(\(endpoint))"),
            ])
            if let columns { step["filteringattributes"] = .string(columns) }
            #expect(try await send("POST", "sdkmessageprocessingsteps", .object(step)).status == 204)
        }
    }

    private func body(_ received: EventReceiver.Received) throws -> JSON { try JSON(parsing: received.body) }

    private func attributes(_ body: JSON) -> [String: JSON] {
        var found: [String: JSON] = [:]
        for attribute in body["InputParameters"]?[0]?["value"]?["Attributes"]?.array ?? [] {
            found[attribute["key"]?.string ?? ""] = attribute["value"]
        }
        return found
    }

    @Test("tell of creations, of updates of the columns asked for, and of deletions")
    func messages() async throws {
        let receiver = try await EventReceiver.start()
        try await withSandbox { sandbox in
            let api = try await Api(sandbox)
            let url = "http://127.0.0.1:\(receiver.port)/dv"
            try await api.listen("Create", at: url)
            try await api.listen("Update", at: url, columns: "telephone1,mobilephone")
            try await api.listen("Delete", at: url)
            let user = "/systemusers(33333333-4444-4555-8666-777777777777)"
            let contact = try await api.send(
                "POST", "contacts",
                ["lastname": "Salo", "telephone1": "+358931", "preferredsystemuserid@odata.bind": .string(user)]
            ).id
            try await eventually { receiver.received.count == 1 }
            let created = receiver.received[0]
            #expect(created.uri == "/dv?code=key")
            #expect(created.headers.first(name: "x-ms-dynamics-entity-name") == "contact")
            #expect(created.headers.first(name: "x-ms-dynamics-request-name") == "Create")
            let whole = try body(created)
            #expect(whole["MessageName"] == "Create")
            #expect(whole["PrimaryEntityId"]?.string == contact)
            #expect(whole["InputParameters"]?[0]?["value"]?["__type"] == "Entity:http://schemas.microsoft.com/xrm/2011/Contracts")
            #expect(attributes(whole)["telephone1"] == "+358931")
            #expect(attributes(whole)["preferredsystemuserid"]?["LogicalName"] == "systemuser")
            #expect(attributes(whole)["statecode"]?["Value"] == 0)
            #expect(attributes(whole)["createdon"]?.string?.hasPrefix("/Date(") == true)

            _ = try await api.send("PATCH", "contacts(\(contact))", ["lastname": "Aalto"])
            _ = try await api.send("PATCH", "contacts(\(contact))", ["mobilephone": "+358402"])
            try await eventually { receiver.received.count == 2 }
            let updated = try attributes(body(receiver.received[1]))
            #expect(updated["mobilephone"] == "+358402")
            #expect(updated["telephone1"] == nil)
            try sandbox.server.dataverse.edit("contacts", id: contact, ["telephone1": "9"])
            try await eventually { receiver.received.count == 3 }
            _ = try await api.send("DELETE", "contacts(\(contact))")
            try await eventually { receiver.received.count == 4 }
            let gone = try body(receiver.received[3])
            #expect(
                gone["InputParameters"]?[0]?["value"]?["__type"]
                    == "EntityReference:http://schemas.microsoft.com/xrm/2011/Contracts")
        }
        await receiver.stop()
    }

    @Test("are tried once more after 503, and leave a failed job after anything else")
    func failures() async throws {
        let receiver = try await EventReceiver.start(answering: [503, 200, 500, 503, 503])
        try await withSandbox { sandbox in
            let api = try await Api(sandbox)
            let settings = #"<settings><setting name="X-Key" value="secret"/></settings>"#
            try await api.listen("Create", at: "http://127.0.0.1:\(receiver.port)/dv", auth: (5, settings))
            func post() async throws { _ = try await api.send("POST", "contacts", ["lastname": "A"]) }
            try await post()
            try await eventually { receiver.received.count == 2 }
            #expect(receiver.received[0].headers.first(name: "X-Key") == "secret")
            #expect(receiver.received[0].body == receiver.received[1].body)
            // The second try was taken; only then can it be said that it left no failed job.
            try await eventually {
                try await sandbox.admin("GET", "/dataverse/webhooks").object["delivered"] as? Int == 1
            }
            #expect(sandbox.server.dataverse.count("asyncoperations") == 0)
            try await post()
            try await eventually { sandbox.server.dataverse.count("asyncoperations") == 1 }
            try await post()
            try await eventually { sandbox.server.dataverse.count("asyncoperations") == 2 }
            let jobs = try await api.send("GET", "asyncoperations?$select=statuscode,messagename").json["value"]?.array
            #expect(jobs?.compactMap { $0["statuscode"]?.integer } == [31, 31])
            #expect(receiver.received.count == 5)
            let figures = try await sandbox.admin("GET", "/dataverse/webhooks").object
            #expect(figures["delivered"] as? Int == 1)
            #expect(figures["failed"] as? Int == 2)
        }
        await receiver.stop()
    }

    @Test("of a transaction that fails are never sent, and faults lose and double them")
    func transactions() async throws {
        let receiver = try await EventReceiver.start()
        try await withSandbox { sandbox in
            let api = try await Api(sandbox)
            try await api.listen("Create", at: "http://127.0.0.1:\(receiver.port)/dv")
            let target: (String) -> JSON = { id in
                ["@odata.type": "Microsoft.Dynamics.CRM.contact", "contactid": .string(id), "lastname": "A"]
            }
            let first = "cccccccc-0000-4000-8000-000000000001"
            let second = "cccccccc-0000-4000-8000-000000000002"
            let path = "contacts/Microsoft.Dynamics.CRM.CreateMultiple"
            #expect(try await api.send("POST", path, ["Targets": [target(first), target(first)]]).status == 412)
            sandbox.server.faults.replace(with: [Fault(.lose, on: .webhook)])
            _ = try await api.send("POST", path, ["Targets": [target(first)]])
            try await eventually { try await sandbox.admin("GET", "/dataverse/webhooks").object["lost"] as? Int == 1 }
            sandbox.server.faults.replace(with: [Fault(.duplicate, on: .webhook)])
            _ = try await api.send("POST", path, ["Targets": [target(second)]])
            try await eventually { receiver.received.count == 2 }
            #expect(try receiver.received.map { try body($0)["PrimaryEntityId"]?.string } == [second, second])
        }
        await receiver.stop()
    }

    @Test("tell that a user was given a role, and that it was taken away")
    func roles() async throws {
        let receiver = try await EventReceiver.start()
        try await withSandbox { sandbox in
            let api = try await Api(sandbox)
            let endpoint = try await api.send(
                "POST", "serviceendpoints",
                [
                    "name": "Hub", "url": .string("http://127.0.0.1:\(receiver.port)/dv"), "contract": 8, "authtype": 4,
                    "authvalue": "key",
                ]
            ).id
            for message in ["Associate", "Disassociate"] {
                let messages = try await api.send("GET", "sdkmessages?$filter=name%20eq%20'\(message)'").json
                let id = try #require(messages["value"]?[0]?["sdkmessageid"]?.string)
                let step: JSON = [
                    "name": .string(message), "stage": 40, "mode": 1, "rank": 1, "supporteddeployment": 0,
                    "sdkmessageid@odata.bind": .string("/sdkmessages(\(id))"),
                    "eventhandler_serviceendpoint@odata.bind": .string("/serviceendpoints(\(endpoint))"),
                ]
                #expect(try await api.send("POST", "sdkmessageprocessingsteps", step).status == 204)
            }
            let user = try sandbox.server.dataverse.seed("systemusers", [["lastname": "Virtanen"]])[0]
            let role = try sandbox.server.dataverse.seed("roles", [["name": "Voice User"]])[0]
            let path = "systemusers(\(user))/systemuserroles_association"
            let link: JSON = ["@odata.id": .string("\(sandbox.server.addresses.dataverse)/api/data/v9.2/roles(\(role))")]
            // Twice the same is once.
            for _ in 0..<2 { #expect(try await api.send("POST", path + "/$ref", link).status == 204) }
            try await eventually { receiver.received.count == 1 }
            #expect(receiver.received[0].headers.first(name: "x-ms-dynamics-entity-name") == "none")
            let given = try body(receiver.received[0])
            #expect(given["MessageName"] == "Associate")
            #expect(given["InputParameters"]?[0]?["value"]?["LogicalName"] == "systemuser")
            #expect(given["InputParameters"]?[1]?["value"]?["SchemaName"] == "systemuserroles_association")
            #expect(given["InputParameters"]?[2]?["value"]?[0]?["Id"]?.string == role)
            let held = try await api.send("GET", "systemuserrolescollection").json["value"]?.array
            #expect(held?.map { $0["roleid"]?.string } == [role])
            #expect(try await api.send("DELETE", "\(path)(\(role))/$ref").status == 204)
            try await eventually { receiver.received.count == 2 }
            #expect(try body(receiver.received[1])["MessageName"] == "Disassociate")
        }
        await receiver.stop()
    }
}
