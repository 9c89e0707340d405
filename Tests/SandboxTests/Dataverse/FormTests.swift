import Sandbox
import Testing

@Suite("Simulated forms and views")
struct FormTests {
    let client = DataverseClient()
    private static let drafts = "Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"

    private func table() async throws {
        #expect(await client.send("POST", "EntityDefinitions", MetadataTests.table).status == 204)
        for name in ["enr_Queue", "enr_Rule"] {
            let made = await client.send(
                "POST", "EntityDefinitions(LogicalName='enr_callbackprofile')/Attributes",
                MetadataTests.column("String", name, ["MaxLength": 50]))
            #expect(made.status == 204)
        }
    }

    private func form(_ columns: [String], close: String = "</form>") -> String {
        let cells = columns.map {
            "<row><cell id=\"{00000000-0000-4000-8000-000000000003}\"><control id=\"\($0)\" "
                + "classid=\"{4273EDBD-AC1D-40d3-9FB2-095C621B552D}\" datafieldname=\"\($0)\"/></cell></row>"
        }.joined()
        return "<form><tabs><tab id=\"{00000000-0000-4000-8000-000000000001}\"><columns><column><sections>"
            + "<section id=\"{00000000-0000-4000-8000-000000000002}\"><rows>\(cells)</rows></section>"
            + "</sections></column></columns></tab></tabs>\(close)"
    }

    private func forms(_ path: String = "systemforms") async -> [JSON] {
        let filter = "objecttypecode%20eq%20'enr_callbackprofile'%20and%20type%20eq%202"
        return await client.get("\(path)?$select=formid,name,formxml,componentstate&$filter=\(filter)").rows
    }

    /// The first of the table's views.
    private func view() async -> String? {
        await client.get("savedqueries?$filter=returnedtypecode%20eq%20'enr_callbackprofile'").rows.first?["savedqueryid"]?.string
    }

    private func publish(_ table: String) async -> Int {
        await client.send(
            "POST", "PublishXml",
            ["ParameterXml": .string("<importexportxml><entities><entity>\(table)</entity></entities></importexportxml>")]
        ).status
    }

    @Test("a table has a form and views with nothing but its name, and they go with it")
    func defaults() async throws {
        try await table()
        let found = await forms()
        #expect(found.count == 1 && found[0]["name"] == "Information")
        #expect(found[0]["formxml"]?.string?.contains("datafieldname=\"enr_name\"") == true)
        #expect(found[0]["formxml"]?.string?.contains("enr_queue") == false)
        let views = await client.get(
            "savedqueries?$select=name,querytype,isdefault,layoutxml&$filter=returnedtypecode%20eq%20'enr_callbackprofile'"
        ).rows
        #expect(views.compactMap { $0["querytype"]?.integer } == [0, 0, 1, 2, 4, 64])
        #expect(views[0]["name"] == "Active Callback profiles" && views[0]["isdefault"] == true && views[1]["isdefault"] == false)
        #expect(await client.get("systemforms?$filter=objecttypecode%20eq%20'phonecall'").rows.count == 1)
        #expect(await client.send("DELETE", "EntityDefinitions(LogicalName='enr_callbackprofile')").status == 204)
        #expect(await forms().isEmpty)
        #expect(await client.get("systemforms?$filter=objecttypecode%20eq%20'phonecall'").rows.count == 1)
    }

    @Test("what is changed is seen once it is published, and before that by those who ask for it")
    func publishing() async throws {
        try await table()
        let before = try #require(await forms().first)
        let path = "systemforms(\(try #require(before["formid"]?.string)))"
        #expect(await client.send("PATCH", path, ["formxml": .string(form(["enr_name", "enr_queue"]))]).status == 204)
        #expect(await forms() == [before])
        let draft = try #require(await forms("systemforms/\(Self.drafts)").first)
        #expect(draft["componentstate"] == 1 && draft["formxml"]?.string?.contains("enr_queue") == true)
        #expect(await forms() == [before])
        #expect(await publish("phonecall") == 204)
        #expect(await forms() == [before])
        #expect(await publish("enr_callbackprofile") == 204)
        #expect(await forms().first?["formxml"]?.string?.contains("enr_queue") == true)
        #expect(await forms("systemforms/\(Self.drafts)").first?["componentstate"] == 0)
        #expect(await client.get("contacts/\(Self.drafts)").status == 404)
    }

    @Test("XML that is not well-formed, and columns that the table does not have, are refused")
    func refusals() async throws {
        try await table()
        let form = try #require(await forms().first?["formid"]?.string)
        for (xml, code) in [
            (self.form(["enr_name"], close: ""), "0x80040203"), ("<grid/>", "0x80040203"),
            (self.form(["enr_other"]), "0x80041103"),
            (self.form(["enr_name"]).replacing(" classid=\"{4273EDBD-AC1D-40d3-9FB2-095C621B552D}\"", with: ""), "0x80040203"),
        ] {
            let answer = await client.send("PATCH", "systemforms(\(form))", ["formxml": .string(xml)])
            #expect(answer.status == 400 && answer.code == code, "\(xml): \(answer.message)")
        }
        let view = try #require(await view())
        let layout = "<grid name=\"resultset\"><row name=\"result\"><cell name=\"enr_other\"/></row></grid>"
        #expect(await client.send("PATCH", "savedqueries(\(view))", ["layoutxml": .string(layout)]).code == "0x80041103")
    }

    @Test("a column that a form or a view shows can't be deleted, published or not")
    func dependencies() async throws {
        try await table()
        let form = "systemforms(\(try #require(await forms().first?["formid"]?.string)))"
        let column = "EntityDefinitions(LogicalName='enr_callbackprofile')/Attributes(LogicalName='enr_queue')"
        _ = await client.send("PATCH", form, ["formxml": .string(self.form(["enr_name", "enr_queue"]))])
        let draft = await client.send("DELETE", column)
        #expect(draft.code == "0x8004f01f" && draft.message.contains("Information"))
        #expect(await publish("enr_callbackprofile") == 204)
        _ = await client.send("PATCH", form, ["formxml": .string(self.form(["enr_name"]))])
        #expect(await client.send("DELETE", column).code == "0x8004f01f")
        #expect(await client.send("POST", "PublishAllXml", [:]).status == 204)
        #expect(await client.send("DELETE", column).status == 204)

        let view = try #require(await view())
        let fetch = "<fetch><entity name=\"enr_callbackprofile\"><attribute name=\"enr_rule\"/></entity></fetch>"
        #expect(await client.send("PATCH", "savedqueries(\(view))", ["fetchxml": .string(fetch)]).status == 204)
        #expect(await client.send("DELETE", column.replacing("enr_queue", with: "enr_rule")).code == "0x8004f01f")
    }
}
