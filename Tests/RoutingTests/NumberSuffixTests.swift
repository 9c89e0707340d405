import Testing

@testable import Routing

@Suite struct NumberSuffixTests {
    @Test(arguments: [
        ("+358401234567", 3), ("+14155550100", 1), ("+4930123456", 2), ("+74951234567", 1), ("+35312345678", 3),
        ("+9991234567", 3),
    ])
    func `the country's part of a number`(number: String, digits: Int) throws {
        #expect(CallingCode.length(of: try #require(E164(number))) == digits)
    }

    @Test func `a number is found by a local form of its end, longest first`() throws {
        let number = try #require(E164("+358401234567"))
        let candidates = NumberSuffix.candidates(of: number, floor: 6)
        #expect(candidates.map(\.text) == ["401234567", "01234567", "1234567", "234567"])
        #expect(candidates.map { Optional($0) } == candidates.map { NumberSuffix(local: $0.text) })
    }

    @Test func `the floor is the setting's`() throws {
        let number = try #require(E164("+358401234567"))
        #expect(NumberSuffix.candidates(of: number, floor: 0).isEmpty)
        #expect(NumberSuffix.candidates(of: number, floor: 9).map(\.text) == ["401234567"])
        #expect(NumberSuffix.candidates(of: number, floor: 10).isEmpty)
        #expect(NumberSuffix.candidates(of: number, floor: 1).count == 9)
        #expect(NumberSuffix.candidates(of: try #require(E164("+123456789012345")), floor: 14).map(\.text) == ["23456789012345"])
    }

    @Test func `the country's digits never count, and leading zeros do`() throws {
        let candidates = NumberSuffix.candidates(of: try #require(E164("+35812345678")), floor: 1)
        #expect(candidates.allSatisfy { $0 != NumberSuffix(local: "812345678") })
        #expect(NumberSuffix(local: "01234567") != NumberSuffix(local: "1234567"))
        #expect(NumberSuffix(local: "000")?.text == "000")
    }

    @Test(arguments: ["", "123456789012345", "12a", "+12"]) func `what no number ends with is no suffix`(text: String) {
        #expect(NumberSuffix(local: text) == nil)
    }

    @Test(arguments: ["", "+", "358401234567", "+0123456789", "+35840", "+3584012345678901", "+35840123456a", "+358 40123456"])
    func `what is not E.164 is no number`(text: String) {
        #expect(E164(text) == nil)
    }
}
