import Dynamics
import Foundation
import Model
import PhoneNumbers
import Testing

@testable import UserSync

@Suite struct DirectoryRowTests {
    private let columns = DirectoryColumns(.contact, settings: Settings(), region: "NL")
    private let parser = PhoneNumberParser(region: "NL")

    /// A row of these columns, as JSON.
    private func row(_ columns: String) throws -> ODataRow {
        let fixed = "\"contactid\": \"00000000-0000-4000-8000-000000000001\", \"@odata.etag\": \"W/\\\"4711\\\"\""
        guard let row = ODataValue(json: Array("{\(columns), \(fixed)}".utf8))?.row else { throw Wrong() }
        return row
    }

    private func entry(_ columns: String, parser: PhoneNumberParser? = nil) throws -> DirectoryEntry {
        guard case .entry(let entry)? = DirectoryRow(try row(columns), self.columns, parser ?? self.parser) else { throw Wrong() }
        return entry
    }

    private struct Wrong: Error {}

    @Test func `reads numbers as people type them`() throws {
        let entry = try entry(#""telephone1": "020 555 01 01 ext 7", "mobilephone": "+46 70 123 45 67""#)
        #expect(entry.version == 4711)
        #expect(
            entry.numbers == [
                DirectoryNumber(
                    field: "telephone1", number: "+31205550101", raw: "020 555 01 01 ext 7", form: .national,
                    suffix: "205550101", extension: "7"),
                DirectoryNumber(
                    field: "mobilephone", number: "+46701234567", raw: "+46 70 123 45 67", form: .international,
                    suffix: "701234567"),
            ])
    }

    static let texts: [(String, String?, String?, DirectoryNumber.Form)] = [
        ("0205550101", nil, "205550101", .local), ("555-0101", "US", "5550101", .local),
        ("31205550101", nil, "+31205550101", .national), ("ask Jane", "NL", nil, .local), ("123", "NL", nil, .local),
        ("+31", "NL", nil, .local), ("", "NL", nil, .local),
    ]

    @Test(arguments: texts) func `keeps what has no country as a local form`(
        text: String, region: String?, number: String?, form: DirectoryNumber.Form
    ) throws {
        let entry = try entry("\"telephone1\": \"\(text)\"", parser: PhoneNumberParser(region: region))
        #expect(entry.numbers.first?.number == number)
        if number != nil { #expect(entry.numbers.first?.form == form) }
        #expect(entry.unreadable == (number == nil && !text.isEmpty ? 1 : 0))
    }

    @Test func `inactive and merged records carry no numbers`() throws {
        let master = UUID()
        let inactive = try entry(#""statecode": 1, "telephone1": "020 5550101""#)
        #expect(!inactive.isActive && inactive.numbers.isEmpty && inactive.mergedInto == nil)
        let merged = try entry(
            "\"merged\": true, \"_masterid_value\": \"\(master.uuidString)\", \"telephone1\": \"020 5550101\"")
        #expect(!merged.isActive && merged.numbers.isEmpty && merged.mergedInto == master)
    }

    @Test func `tells deletions`() throws {
        let id = UUID()
        let context = "\"@odata.context\": \"x/$metadata#contacts/$deletedEntity\""
        let row = try row("\(context), \"id\": \"\(id.uuidString)\", \"reason\": \"deleted\"")
        #expect(DirectoryRow(row, columns, parser) == .deleted(id))
        #expect(DirectoryRow(ODataRow(), columns, parser) == nil)
    }

    @Test func `asks for each column once`() {
        var settings = Settings()
        settings.contactNumberColumns = ["telephone1", "MobilePhone", "telephone1"]
        settings.directorySegmentColumns = ["account.accountcategorycode", "contact.enr_segment"]
        settings.directoryLanguageColumns = ["enr_language"]
        let columns = DirectoryColumns(.contact, settings: settings, region: nil)
        #expect(columns.numbers == ["telephone1", "mobilephone"])
        #expect(columns.segment == "enr_segment")
        #expect(columns.language == "enr_language")
        #expect(Set(columns.select).count == columns.select.count)
    }
}
