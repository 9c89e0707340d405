import Foundation
import Testing

@testable import Routing

@Suite struct OpeningHoursTests {
    private static let hours = DecidingTests.program.hours[0]

    @Test(arguments: [
        ("2026-02-25T05:59:59Z", false), ("2026-02-25T06:00:00Z", true), ("2026-02-25T13:59:59Z", true),
        ("2026-02-25T14:00:00Z", false),
        // Summer time began in the night to 29 March: eight o'clock is 05:00 UTC from then on.
        ("2026-03-27T05:30:00Z", false), ("2026-03-30T05:30:00Z", true),
        // Saturday's span ends on Sunday at two.
        ("2026-02-28T21:00:00Z", true), ("2026-02-28T23:59:00Z", true), ("2026-03-01T00:00:00Z", false),
        ("2026-03-01T10:00:00Z", false),
        // Holidays: shorter on one day, closed on another of every year.
        ("2026-12-24T07:00:00Z", true), ("2026-12-24T09:00:00Z", false), ("2027-12-06T10:00:00Z", false),
        ("2027-12-07T10:00:00Z", true),
    ]) func `open or closed by the clock on the wall`(time: String, open: Bool) throws {
        let date = try Date(time, strategy: .iso8601)
        #expect(Self.hours.isOpen(at: Int64(date.timeIntervalSince1970) * 1000) == open)
    }

    @Test func `days of the calendar are the calendar's`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for number in stride(from: -150_000, through: 150_000, by: 37) {
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(number) * 86_400))
            let day = CivilDay(number)
            if number > -140_000 { #expect([day.year, day.month, day.day] == [parts.year, parts.month, parts.day]) }
            #expect(day.number == number)
        }
    }
}
