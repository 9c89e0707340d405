import Foundation
import Testing

@testable import Dynamics

@Suite struct ODataTests {
    @Test func `plus, quotes, ampersands and blanks survive the URL`() {
        var query = ODataQuery(
            "contacts", filter: .equal("telephone1", .string("+31 20&x")) && .equal("lastname", .string("O'Brien #1 50%")))
        query.top = 3
        #expect(
            ODataURL.target(query)
                == "contacts?$filter=telephone1%20eq%20'%2B31%2020%26x'%20and%20lastname%20eq%20'O''Brien%20%231%2050%25'&$top=3")
    }

    @Test func `a link of the service is followed as it came, but for what no URL may hold`() {
        #expect(
            ODataURL.legal("https://x/y?$skiptoken=%3Ccookie%20a=\"2\"%2522")
                == "https://x/y?$skiptoken=%3Ccookie%20a=%222%22%2522")
    }

    @Test func `the service's own In takes many values`() {
        #expect(
            ODataFilter.in("telephone1", ["+31", "a\"b"]).text
                == #"Microsoft.Dynamics.CRM.In(PropertyName='telephone1',PropertyValues=["+31","a\"b"])"#)
    }

    @Test func `and binds tighter where brackets say so`() {
        let a = ODataFilter.equal("a", .int(1))
        let b = ODataFilter.equal("b", .bool(true))
        let c = ODataFilter.equal("c", .null)
        #expect(((a || b) && c).text == "(a eq 1 or b eq true) and c eq null")
        #expect((!(a && b)).text == "not (a eq 1 and b eq true)")
        #expect(ODataFilter.any(of: [a]).text == "a eq 1")
    }

    @Test func `options and preferences`() {
        var query = ODataQuery("contacts", select: ["a", "b"])
        query.orderBy = ["a desc", "b"]
        query.pageSize = 9000
        query.top = 10
        query.count = true
        query.annotations = ["*"]
        #expect(ODataURL.target(query) == "contacts?$select=a,b&$orderby=a%20desc,b&$count=true")
        #expect(ODataURL.preference(query) == #"odata.maxpagesize=5000,odata.include-annotations="*""#)
    }

    @Test(arguments: [
        ("2026-03-02T10:11:12Z", 1_772_446_272.0), ("2026-03-02T12:11:12+02:00", 1_772_446_272.0),
        ("2026-03-02T10:11:12.5Z", 1_772_446_272.5), ("2026-03-02", 1_772_409_600.0), ("1970-01-01T00:00:00Z", 0.0),
        ("1969-12-31T23:59:59Z", -1.0), ("2024-02-29T00:00:00Z", 1_709_164_800.0),
    ]) func `times`(text: String, seconds: Double) {
        #expect(ODataDate.date(text)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: ["", "now", "2026-3-2", "2026-13-01", "2026-03-02T", "2026-03-02T1x:00:00Z", "٢٠٢٦-٠٣-٠٢"])
    func `rubbish is no time`(text: String) { #expect(ODataDate.date(text) == nil) }

    @Test func `times are written as they are read`() {
        for seconds in stride(from: -3_000_000_000.0, to: 5_000_000_000, by: 86_399_999) {
            let date = Date(timeIntervalSince1970: seconds)
            #expect(ODataDate.date(ODataDate.text(date)) == date)
        }
        #expect(ODataDate.text(Date(timeIntervalSince1970: 1_772_446_272.9)) == "2026-03-02T10:11:12Z")
    }

    @Test func `bodies are JSON whatever is in them`() throws {
        var party = ODataBody()
        party.set("participationtypemask", 1)
        var body = ODataBody()
        body.set("subject", "He said \"hi\" \\ \u{1}\n🎉")
        body.set("directioncode", false)
        body.set("description", String?.none)
        body.set("id", UUID(uuidString: "6F3C1C1E-6F0E-5C57-9E5E-7D2C5F3C8A10"))
        body.bind("ownerid", "/systemusers(1)")
        body.set("parties", [party, party])
        let value = try #require(try JSONSerialization.jsonObject(with: Data(body.bytes)) as? [String: Any])
        #expect(value["subject"] as? String == "He said \"hi\" \\ \u{1}\n🎉")
        #expect(value["id"] as? String == "6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10")
        #expect(value["description"] is NSNull)
        #expect((value["parties"] as? [Any])?.count == 2)
        #expect(ODataValue(json: body.bytes)?.row?.string("ownerid@odata.bind") == "/systemusers(1)")
    }

    @Test func `answers are read`() throws {
        let text = """
            \u{FEFF}{"@odata.context":"x","value":[{"@odata.etag":"W/\\"7\\"","telephone1":"+31","n":-1.5e2,"t":true,"x":null,
            "e":"\\u00e9\\ud83c\\udf89\\ud800","modifiedon":"2026-03-02T10:11:12Z"}],"@odata.nextLink":"https://x/y?z","@odata.count":5}
            """
        let page = try #require(ODataPage(json: Array(text.utf8)))
        #expect(page.nextLink == "https://x/y?z")
        #expect(page.count == 5)
        let row = try #require(page.rows.first)
        #expect(row.etag == "W/\"7\"")
        #expect(row.string("telephone1") == "+31")
        #expect(row.int("n") == -150)
        #expect(row.bool("t") == true)
        #expect(row["x"]?.isNull == true)
        #expect(row["y"] == nil)
        #expect(row.string("e") == "é🎉\u{FFFD}")
        #expect(row.date("modifiedon") != nil)
    }

    @Test(arguments: [
        "", "{", "[1,", #"{"a"}"#, #"{"a":1,}"#, "nul", #""abc"#, "1 2", #""\x""#, #""\u12"#,
        String(repeating: "[", count: 100_000),
    ]) func `malformed JSON is refused`(text: String) { #expect(ODataValue(json: Array(text.utf8)) == nil) }
}
