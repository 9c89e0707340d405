import Foundation
import Testing

@testable import DynamicsSolution

@Suite struct FormLayoutTests {
    static let form = """
        <form><!-- a > b --><tabs><tab id="{1}" name="hidden" visible="false"><columns><column><sections/></column></columns></tab>
        <tab id="{2}"><labels><label description='A "quoted" > mark' languagecode="1033"/></labels><columns><column><sections>
        <section id="{3}" name="general"><rows><row><cell id="{4}"><control id="x" datafieldname="Enr_Name"/></cell></row></rows></section>
        </sections></column><column><sections/></column></columns></tab></tabs></form>
        """
    static let fields = [
        FormField(name: "enr_queue", label: "Queue & more", control: .lookup, isReadOnly: false),
        FormField(name: "enr_callid", label: "Call", control: .text, isReadOnly: true),
    ]

    private func added(_ fields: [FormField] = fields, to form: String = form) throws -> String {
        try #require(FormLayout(form)?.adding(fields, to: "enr_trunkline", label: "Enreach", language: 1035))
    }

    @Test func `columns are added in a section of their own on the first tab that is shown, and all else stays`() throws {
        let text = try added()
        let layout = try #require(FormLayout(text))
        #expect(layout.columns == ["enr_name", "enr_queue", "enr_callid"] && layout.hasSection("enr_trunkline"))
        #expect(text.contains("description=\"Queue &amp; more\" languagecode=\"1035\""))
        #expect(text.contains("datafieldname=\"enr_callid\" disabled=\"true\""))
        #expect(text.contains(FormControl.lookup.classID))
        let section = try #require(text.firstRange(of: "<section name=\"enr_trunkline\""))
        #expect(text[..<section.lowerBound].contains("name=\"general\""))
        // Nothing else is changed, and taken out again it is as it was.
        #expect(layout.removing(["enr_queue", "enr_callid"], from: "enr_trunkline") == Self.form)
    }

    @Test func `a section that is there already is filled up`() throws {
        let once = try added([Self.fields[0]])
        let twice = try added([Self.fields[1]], to: once)
        #expect(twice.components(separatedBy: "enr_trunkline").count == 2)
        #expect(FormLayout(twice)?.columns == ["enr_name", "enr_queue", "enr_callid"])
    }

    @Test func `what somebody put into the section stays, and so does the section`() throws {
        let own = "<row><cell id=\"{9}\"><control id=\"a\" datafieldname=\"acme_note\"/></cell></row></rows></section>"
        var text = try added()
        text.replaceSubrange(try #require(text.ranges(of: "</rows></section>").last), with: own)
        let left = try #require(FormLayout(text)?.removing(["enr_queue", "enr_callid"], from: "enr_trunkline"))
        #expect(FormLayout(left)?.columns == ["enr_name", "acme_note"])
        #expect(FormLayout(left)?.hasSection("enr_trunkline") == true)
    }

    @Test(arguments: [
        "", "text", "<form>", "<form></tabs></form>", "<form a=b></form>", "<!DOCTYPE form><form/>", "<grid/>",
        "<form><!-- </form>", "<", "<form></form></form>",
    ])
    func `what is no form is left alone`(text: String) {
        #expect(FormLayout(text) == nil)
    }

    @Test func `a form without a place for a section is left alone`() {
        #expect(FormLayout("<form><tabs/></form>")?.adding(Self.fields, to: "a", label: "", language: 1033) == nil)
    }

    @Test func `an empty list of sections becomes one with the hub's`() throws {
        let text = try added(to: "<form><tabs><tab><columns><column><sections /></column></columns></tab></tabs></form>")
        #expect(FormLayout(text)?.columns == ["enr_queue", "enr_callid"])
        #expect(text.hasSuffix("</section></sections></column></columns></tab></tabs></form>"))
    }

    @Test func `a view shows and asks for what is missing, and nothing twice`() throws {
        let layout = "<grid name=\"resultset\"><row name=\"result\"><cell name=\"enr_name\" width=\"300\" /></row></grid>"
        let fetch = """
            <fetch><entity name="t"><attribute name="enr_name"/><attribute name="enr_callid"/><link-entity name="queue">
            <attribute name="enr_queue"/></link-entity></entity></fetch>
            """
        let view = try #require(ViewLayout(layout: layout, fetch: fetch))
        let texts = try #require(view.adding(["enr_name", "enr_queue", "enr_callid"]))
        let whole = try #require(ViewLayout(layout: texts.layout, fetch: texts.fetch))
        #expect(whole.columns == ["enr_name", "enr_queue", "enr_callid"])
        #expect(texts.layout.ranges(of: "<cell").count == 3)
        #expect(texts.fetch.ranges(of: "\"enr_callid\"").count == 1 && texts.fetch.ranges(of: "\"enr_queue\"").count == 2)
        #expect(whole.removing(["enr_queue"]).layout.contains("enr_queue") == false)
        #expect(whole.removing(["enr_queue"]).fetch == fetch)
        let all = try #require(ViewLayout(layout: layout, fetch: "<fetch><entity name=\"t\"><all-attributes/></entity></fetch>"))
        #expect(all.adding(["enr_queue"])?.fetch == "<fetch><entity name=\"t\"><all-attributes/></entity></fetch>")
    }
}
