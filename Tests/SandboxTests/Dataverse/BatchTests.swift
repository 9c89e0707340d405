import Sandbox
import Testing

@Suite("A simulated $batch")
struct BatchTests {
    let client = DataverseClient()
    let id = "6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10"

    private func part(_ request: String, _ body: String = "", contentID: Int? = nil, headers: String = "") -> String {
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\(contentID.map { "Content-ID: \($0)\r\n" } ?? "")\r\n"
            + "\(request) HTTP/1.1\r\nContent-Type: application/json; type=entry\r\n\(headers)\r\n\(body)\r\n"
    }

    private func changeSet(_ parts: [String], name: String = "changeset_1") -> String {
        "Content-Type: multipart/mixed; boundary=\"\(name)\"\r\n\r\n" + parts.map { "--\(name)\r\n\($0)" }.joined()
            + "--\(name)--\r\n"
    }

    private func batch(_ parts: [String]) -> String {
        parts.map { "--batch_1\r\n\($0)" }.joined() + "--batch_1--\r\n"
    }

    private func createAndComplete(_ id: String, status: Int = 4) -> String {
        changeSet([
            part("PATCH /api/data/v9.2/phonecalls(\(id))", #"{"subject":"x"}"#, contentID: 1, headers: "If-None-Match: *\r\n"),
            part(
                "PATCH /api/data/v9.2/phonecalls(\(id))", #"{"statecode":1,"statuscode":\#(status)}"#, contentID: 2,
                headers: "If-Match: *\r\n"),
        ])
    }

    @Test("creates and completes in one change set")
    func createsAndCompletes() async {
        let answer = await client.batch(batch([createAndComplete(id)]))
        #expect(answer.status == 200)
        #expect(answer.statuses == [204, 204])
        #expect(answer.text.contains("Content-ID: 2"))
        #expect(answer.text.contains("boundary=changesetresponse_"))
        #expect(await client.get("phonecalls(\(id))").json["statecode"] == 1)
    }

    @Test("undoes a change set of which one part is refused, and answers with that one refusal")
    func rollsBack() async {
        let answer = await client.batch(batch([createAndComplete(id, status: 3)]))
        #expect(answer.status == 400)
        #expect(answer.statuses == [400])
        #expect(!answer.text.contains("changesetresponse"))
        #expect(answer.response.headers["Content-Type"]?.hasPrefix("multipart/mixed; boundary=batchresponse_") == true)
        #expect(client.dataverse.count("phonecalls") == 0)
        #expect(client.dataverse.count("activityparties") == 0)
    }

    @Test("stops at the first refusal unless told to go on")
    func continues() async {
        let other = "6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a11"
        let body = batch([createAndComplete(id), createAndComplete(id), createAndComplete(other)])
        let stopped = await client.batch(body)
        #expect(stopped.status == 412)
        #expect(stopped.statuses == [204, 204, 412])
        let continued = await client.batch(body, headers: ["Prefer": "odata.continue-on-error"])
        #expect(continued.status == 200)
        #expect(continued.statuses == [412, 412, 204, 204])
        #expect(continued.response.headers["Preference-Applied"] == "odata.continue-on-error")
    }

    @Test("takes references to rows of the same change set, and refuses unknown ones")
    func references() async {
        let set = changeSet([
            part("POST /api/data/v9.2/contacts", #"{"lastname":"Smith"}"#, contentID: 1),
            part(
                "POST \(DataverseClient.root)phonecalls", #"{"subject":"x","regardingobjectid_contact@odata.bind":"$1"}"#,
                contentID: 2),
            part("PATCH $1", #"{"firstname":"Ann"}"#, contentID: 3),
        ])
        let answer = await client.batch(batch([set]))
        #expect(answer.statuses == [204, 204, 204])
        #expect(await client.get("contacts").rows[0]["fullname"] == "Ann Smith")
        let unknown = await client.batch(batch([changeSet([part("PATCH $9", #"{"firstname":"Ann"}"#, contentID: 1)])]))
        #expect(unknown.statuses == [400])
        #expect(unknown.text.contains("Content-ID Reference: '$9' does not exist in the batch context."))
    }

    @Test("reads lenient multipart: LF only, relative URLs, spaces in queries, bare boundaries")
    func lenient() async {
        let body = """
            --batch_1
            Content-Type: application/http
            content-transfer-encoding: binary

            GET contacts?$select=fullname&$filter=telephone1 eq '%2B31' HTTP/1.1
            Accept: application/json


            --batch_1
            Content-Type: multipart/mixed; boundary=cs

            --cs
            Content-Type: application/http

            POST /api/data/v9.2/contacts HTTP/1.1
            Content-Type: application/json


            {"lastname":"Late"}
            --cs--
            --batch_1--
            """
        let answer = await client.batch(body, headers: ["If-None-Match": "null"])
        #expect(answer.status == 200)
        #expect(answer.statuses == [200, 204])
        #expect(client.dataverse.count("contacts") == 1)
    }

    @Test("refuses more than a thousand operations, JSON batches, broken ends and reads in change sets")
    func refusals() async {
        let many = batch((0...1000).map { _ in part("GET /api/data/v9.2/WhoAmI") })
        #expect(await client.batch(many).status == 400)
        #expect(await client.batch(batch((0..<1000).map { _ in part("GET /api/data/v9.2/WhoAmI") })).statuses.count == 1000)
        #expect(await client.send("POST", "$batch", ["requests": []]).status == 400)
        #expect(await client.batch(String(batch([createAndComplete(id)]).dropLast(30))).status == 400)
        #expect(await client.batch(batch([changeSet([part("GET /api/data/v9.2/contacts")])])).statuses == [400])
    }
}
