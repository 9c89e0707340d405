import Foundation
import Sandbox
import Testing

@Suite("A simulated query")
struct QueryTests {
    let client = DataverseClient()

    init() async throws {
        try client.dataverse.seed(
            "accounts", [["accountid": "aaaaaaaa-0000-4000-8000-000000000001", "name": "Contoso", "telephone1": "+31201112222"]])
        try client.dataverse.seed(
            "contacts",
            [
                [
                    "contactid": "cccccccc-0000-4000-8000-000000000001", "firstname": "Ann", "lastname": "O'Brien",
                    "telephone1": "+31205550101", "emailaddress1": "Ann@Example.com",
                    "parentcustomerid_account@odata.bind": "/accounts(aaaaaaaa-0000-4000-8000-000000000001)",
                ],
                [
                    "contactid": "cccccccc-0000-4000-8000-000000000002", "firstname": "Bob", "lastname": "Smith",
                    "mobilephone": "+31205550101", "statecode": 1, "statuscode": 2, "donotphone": true,
                ],
                ["contactid": "cccccccc-0000-4000-8000-000000000003", "lastname": "Zoë", "telephone1": "100%"],
            ])
    }

    private func names(_ filter: String, encoding: Bool = true) async -> [String] {
        let text = encoding ? filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics)! : filter
        let answer = await client.get("contacts?$select=lastname&$filter=\(text)")
        guard answer.status == 200 else { return ["\(answer.code ?? "") \(answer.message)"] }
        return answer.rows.compactMap { $0["lastname"]?.string }
    }

    @Test(
        "filters",
        arguments: [
            ("telephone1 eq '+31205550101'", ["O'Brien"]),
            ("telephone1 eq '+31205550101' or mobilephone eq '+31205550101'", ["O'Brien", "Smith"]),
            (
                "Microsoft.Dynamics.CRM.In(PropertyName='telephone1',PropertyValues=[\"+31205550101\",'100%'])",
                ["O'Brien", "Zoë"]
            ),
            ("Microsoft.Dynamics.CRM.In(PropertyName='statecode',PropertyValues=['1'])", ["Smith"]),
            (#"Microsoft.Dynamics.CRM.In(PropertyName='telephone1',PropertyValues=["\"a\\","100%"])"#, ["Zoë"]),
            ("lastname eq 'o''brien'", ["O'Brien"]),
            ("emailaddress1 eq 'ann@example.COM'", ["O'Brien"]),
            ("lastname eq 'ZOË'", ["Zoë"]),
            ("statecode eq 0 and not(lastname eq 'Zoë')", ["O'Brien"]),
            ("mobilephone eq null", ["O'Brien", "Zoë"]),
            ("mobilephone ne null", ["Smith"]),
            ("mobilephone ne 'x'", ["O'Brien", "Smith", "Zoë"]),
            ("contains(lastname,'BRI')", ["O'Brien"]),
            ("(startswith(lastname, 's')) and (donotphone eq true)", ["Smith"]),
            ("endswith(telephone1,'[%]') or contains(lastname,'o_b')", ["O'Brien", "Zoë"]),
            ("contactid eq cccccccc-0000-4000-8000-000000000002", ["Smith"]),
            ("contactid eq 'cccccccc-0000-4000-8000-000000000002'", ["Smith"]),
            ("_parentcustomerid_value eq aaaaaaaa-0000-4000-8000-000000000001", ["O'Brien"]),
            ("parentcustomerid_account/name eq 'contoso'", ["O'Brien"]),
            ("owninguser/systemuserid eq 33333333-4444-4555-8666-777777777777 and statecode eq 1", ["Smith"]),
            ("createdon ge 2026-01-01 and createdon lt 2026-03-03T00:00:00Z", ["O'Brien", "Smith", "Zoë"]),
            ("Microsoft.Dynamics.CRM.Today(PropertyName='createdon') and firstname eq null", ["Zoë"]),
            ("Microsoft.Dynamics.CRM.Between(PropertyName='statecode',PropertyValues=['1','5'])", ["Smith"]),
            ("lastname eq 'O'Brien'", ["0x80060888 There is an unterminated literal at position 21 in 'lastname eq 'O'Brien''."]),
            ("nosuch eq 1", ["0x80060888 Could not find a property named 'nosuch' on type 'Microsoft.Dynamics.CRM.contact'."]),
        ])
    func filters(filter: String, expected: [String]) async {
        #expect(await names(filter) == expected)
    }

    @Test("reads a bare plus as a blank, so that numbers must be encoded")
    func plus() async {
        #expect(await names("telephone1+eq+'%2B31205550101'", encoding: false) == ["O'Brien"])
        #expect(await names("telephone1+eq+'+31205550101'", encoding: false) == [])
    }

    @Test("refuses types that do not go together and options that do not exist")
    func refusals() async {
        #expect(await names("statecode eq 'Active'")[0].hasPrefix("0x80060888 A binary operator with incompatible types"))
        #expect(await names("length(lastname) gt 3")[0].hasPrefix("0x80060888 An unknown function"))
        #expect(await client.get("contacts?$skip=1").status == 400)
        for option in ["$apply=groupby((lastname))", "fetchXml=%3Cfetch/%3E", "sql=SELECT%20lastname%20FROM%20contact"] {
            #expect(await client.get("contacts?\(option)").status == 501, "\(option)")
        }
        #expect(await client.get("contacts?$select=nosuch").code == "0x80060888")
        #expect(await client.get("nosuchs").status == 404)
    }

    @Test("takes parameter aliases")
    func aliases() async {
        let answer = await client.get("contacts?$filter=telephone1%20eq%20@p1&@p1='%2B31205550101'")
        #expect(answer.rows.count == 1)
    }

    @Test("shows everything selected, the key, the ETag, and annotations only on request")
    func shape() async {
        let plain = await client.get(
            "contacts?$select=lastname,mobilephone,_parentcustomerid_value&$orderby=lastname%20desc&$top=2&$count=true")
        #expect(plain.json["@odata.count"] == 3)
        #expect(
            plain.json["@odata.context"]?.string?.hasSuffix("$metadata#contacts(lastname,mobilephone,_parentcustomerid_value)")
                == true)
        #expect(plain.rows.map { $0["lastname"] } == ["Zoë", "Smith"])
        let row = plain.rows[0].object!
        #expect(row.members.map(\.name) == ["@odata.etag", "lastname", "mobilephone", "_parentcustomerid_value", "contactid"])
        #expect(row["mobilephone"] == JSON.null)
        #expect(row["@odata.etag"]?.string?.hasPrefix("W/\"") == true)
        let annotated = await client.get(
            "contacts(cccccccc-0000-4000-8000-000000000001)?$select=statecode,_parentcustomerid_value,createdon,donotphone",
            headers: ["Prefer": #"odata.include-annotations="*""#]
        )
        #expect(annotated.response.headers["Preference-Applied"] == #"odata.include-annotations="*""#)
        let json = annotated.json
        #expect(json["statecode@OData.Community.Display.V1.FormattedValue"] == "Active")
        #expect(json["_parentcustomerid_value@OData.Community.Display.V1.FormattedValue"] == "Contoso")
        #expect(json["_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "account")
        #expect(json["_parentcustomerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty"] == "parentcustomerid_account")
        #expect(json["createdon@OData.Community.Display.V1.FormattedValue"] == "3/2/2026 10:00 AM")
        #expect(json["donotphone@OData.Community.Display.V1.FormattedValue"] == "Allow")
    }

    @Test("expands lookups and collections")
    func expand() async {
        let answer = await client.get(
            "contacts?$select=lastname&$filter=firstname%20eq%20'Ann'&$expand=parentcustomerid_account($select=name),owninguser($select=fullname)"
        )
        #expect(answer.rows[0]["parentcustomerid_account"]?["name"] == "Contoso")
        #expect(answer.rows[0]["owninguser"]?["fullname"] == "# Trunkline")
        let account = await client.get(
            "accounts(aaaaaaaa-0000-4000-8000-000000000001)?$select=name&$expand=contact_customer_accounts($select=lastname;$top=5)"
        )
        #expect(account.json["contact_customer_accounts"]?[0]?["lastname"] == "O'Brien")
        #expect(
            await client.get("contacts(cccccccc-0000-4000-8000-000000000001)/parentcustomerid_account").json["name"] == "Contoso")
        #expect(await client.get("contacts/$count").text == "\u{FEFF}3")
        #expect(await client.get("contacts(cccccccc-0000-4000-8000-000000000001)/telephone1").json["value"] == "+31205550101")
    }

    @Test("pages with cookies that advance, and caps the page")
    func paging() async throws {
        try client.dataverse.seed("leads", (0..<25).map { ["lastname": .string("Lead \($0)"), "subject": "x"] })
        var url = "leads?$select=lastname&$filter=subject%20eq%20'x'&$orderby=createdon%20asc"
        var seen: [String] = []
        var links: Set<String> = []
        while true {
            let page = await client.get(url, headers: ["Prefer": "odata.maxpagesize=10"])
            #expect(page.response.headers["Preference-Applied"] == "odata.maxpagesize=10")
            seen += page.rows.compactMap { $0["lastname"]?.string }
            guard let next = page.json["@odata.nextLink"]?.string else { break }
            #expect(next.hasPrefix("\(DataverseClient.root)leads?"))
            #expect(next.contains("$skiptoken=%3Ccookie%20pagenumber=%22"))
            #expect(links.insert(next).inserted)
            url = String(next.dropFirst(DataverseClient.root.count))
        }
        #expect(seen == (0..<25).map { "Lead \($0)" })
        try client.dataverse.seed("leads", (0..<5000).map { _ in ["subject": "y"] })
        let capped = await client.get("leads?$select=leadid&$count=true", headers: ["Prefer": "odata.maxpagesize=9000"])
        #expect(capped.rows.count == 5000)
        #expect(capped.json["@odata.count"] == 5000)
        #expect(capped.json["@odata.nextLink"] != nil)
        let both = await client.get("leads?$select=leadid&$top=3", headers: ["Prefer": "odata.maxpagesize=10"])
        #expect(both.rows.count == 10)
    }
}
