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
        let candidates = NumberSuffix.candidates(of: number)
        #expect(candidates.first == NumberSuffix(local: "401234567"))
        #expect(candidates.contains(try #require(NumberSuffix(local: "1234567"))))
        #expect(candidates.last == NumberSuffix(local: "234567"))
        #expect(NumberSuffix(local: "34567") == nil)
    }

    @Test func `the country's digits never count, and leading zeros do`() throws {
        #expect(
            NumberSuffix.candidates(of: try #require(E164("+35812345678"))).allSatisfy { $0 != NumberSuffix(local: "812345678") })
        #expect(NumberSuffix(local: "01234567") != NumberSuffix(local: "1234567"))
    }

    @Test(arguments: ["", "+", "358401234567", "+0123456789", "+35840", "+3584012345678901", "+35840123456a", "+358 40123456"])
    func `what is not E.164 is no number`(text: String) {
        #expect(E164(text) == nil)
    }
}
