import PhoneNumbers
import Testing

@testable import Console

@Suite struct CallFilterTests {
    @Test(arguments: [("020+555+0101", "NL"), ("0031205550101", "NL"), ("%2B31205550101", nil), ("31205550101", nil)])
    func `a number is looked for as it is stored, over all days`(typed: String, region: String?) {
        var filter = CallFilter(Query(encoded: "q=\(typed)"))
        filter.numbers = NumberReader(region: region)
        #expect(filter.number == "+31205550101")
        #expect(filter.isOverAllDays)
    }

    @Test func `what is no number of any country is looked for as typed`() {
        var filter = CallFilter(Query(encoded: "q=7001234"))
        filter.numbers = NumberReader(region: "NL")
        #expect(filter.number == "7001234")
        #expect(!filter.isOverAllDays)
    }
}
