import Foundation
import Testing

@testable import Operations
@testable import TrunklineCommand

@Suite struct PointInTimeTests {
    @Test(arguments: [
        ("2026-01-31", 1_769_817_600.0), ("2026-01-31T08:00:00Z", 1_769_846_400.0),
        ("2026-01-31T08:00:00+01:00", 1_769_842_800.0),
    ])
    func `takes a day or a moment`(text: String, seconds: Double) {
        #expect(PointInTime(argument: text)?.date.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: ["", "yesterday", "31-01-2026", "2026-13-01", "2026-01-31 08:00", "2026-1-3"])
    func `refuses anything else`(text: String) {
        #expect(PointInTime(argument: text) == nil)
    }
}
