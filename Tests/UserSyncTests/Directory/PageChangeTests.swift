import Foundation
import Testing

@testable import UserSync

@Suite struct PageChangeTests {
    private let id = UUID()

    private func entry(_ version: Int64, _ numbers: [(String, String)] = [], name: String = "Ann") -> DirectoryEntry {
        DirectoryEntry(
            id: id, name: name, isActive: true, version: version,
            numbers: numbers.map {
                DirectoryNumber(field: $0.0, number: $0.1, raw: $0.1, form: .international, suffix: String($0.1.dropFirst(3)))
            }, unreadable: 0)
    }

    @Test func `a new entry brings all its numbers`() {
        let change = PageChange([.entry(entry(1, [("a", "+311"), ("b", "+312")]))], stored: [:], isNewLoad: true)
        #expect(change.put.count == 1 && change.inserted == 1 && change.numbersPut.count == 2 && change.gainsNumbers)
        #expect(change.changed == [id] && change.lost.isEmpty)
    }

    @Test func `the same page again changes nothing`() {
        let stored = entry(1, [("a", "+311"), ("b", "+312")])
        let change = PageChange([.entry(entry(2, [("b", "+312"), ("a", "+311")]))], stored: [id: stored], isNewLoad: false)
        #expect(change.isEmpty && change.unchanged == [id] && change.numbersPut.isEmpty && !change.gainsNumbers)
    }

    @Test func `a number that stands in another column is not lost`() {
        let stored = entry(1, [("a", "+311"), ("b", "+312")])
        let change = PageChange([.entry(entry(2, [("b", "+311")]))], stored: [id: stored], isNewLoad: false)
        #expect(change.numbersGone.map(\.field).sorted() == ["a", "b"])
        #expect(change.lost.map(\.number) == ["+312"])
        #expect(change.numbersPut.map(\.number.field) == ["b"] && !change.gainsNumbers)
    }

    @Test func `an older version never replaces a newer one, unless the environment was taken back`() {
        let stored = entry(5, [("a", "+311")])
        let old = DirectoryRow.entry(entry(3, [("a", "+319")], name: "Old"))
        #expect(PageChange([old], stored: [id: stored], isNewLoad: false).isEmpty)
        #expect(PageChange([old], stored: [id: stored], isNewLoad: true).put.first?.name == "Old")
        let twice = PageChange([.entry(entry(7, name: "New")), .entry(entry(6, name: "Older"))], stored: [:], isNewLoad: true)
        #expect(twice.put.map(\.name) == ["New"])
    }

    @Test func `a deletion takes all numbers, and one of somebody unknown nothing`() {
        let stored = entry(5, [("a", "+311"), ("b", "+311")])
        let change = PageChange([.deleted(id)], stored: [id: stored], isNewLoad: false)
        #expect(change.removed == [id] && change.numbersGone.count == 2 && change.lost.map(\.number) == ["+311"])
        #expect(PageChange([.deleted(id)], stored: [:], isNewLoad: false).isEmpty)
    }
}
