import Foundation
import Testing

@testable import Enreach

@Suite("Times as the vendor writes them")
struct VendorTimeTests {
    @Test(
        "Both forms are read, with and without zone, with any fraction",
        arguments: [
            ("2025-10-28T13:57:03.4Z", 1_761_659_823.4),
            ("2025-10-28T13:57:03Z", 1_761_659_823),
            ("2025-10-28T13:57:03.1234567Z", 1_761_659_823.123457),
            ("2025-10-28T13:57:03", 1_761_659_823),
            ("2025-10-28 13:57:03", 1_761_659_823),
            ("2025-10-28T15:57:03+02:00", 1_761_659_823),
            ("2025-10-28T15:57:03.4+0200", 1_761_659_823.4),
            ("2025-10-28T11:57:03-02", 1_761_659_823),
            ("2025-10-28T13:57Z", 1_761_659_820),
            ("2025-10-28", 1_761_609_600),
            ("/Date(1761659823400)/", 1_761_659_823.4),
            ("/Date(1761659823400+0200)/", 1_761_659_823.4),
            ("/Date(-1000)/", -1),
            ("2024-02-29T00:00:00Z", 1_709_164_800),
            ("1969-12-31T23:59:59Z", -1),
            ("  2025-10-28T13:57:03Z ", 1_761_659_823),
        ])
    func reads(text: String, seconds: Double) throws {
        guard case .time(let date) = VendorTime.parse(text) else {
            Issue.record("\(text) was not read")
            return
        }
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_002)
    }

    @Test(
        "Year 9999 and year 1 mean no time",
        arguments: ["9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00", "/Date(253402300799999)/"])
    func open(text: String) { #expect(VendorTime.parse(text) == .open) }

    @Test(
        "Anything else is no time",
        arguments: [
            "", "yesterday", "2025-13-01T00:00:00Z", "2025-10-28T25:00:00Z", "2025-10-28T13:57:03X", "/Date()/", "/Date(1)",
            "12345", "\u{1F600}",
        ])
    func refuses(text: String) { #expect(VendorTime.parse(text) == nil) }

    @Test(
        "Filters are written as UTC seconds",
        arguments: [(1_761_659_823.9, "2025-10-28 13:57:03"), (0, "1970-01-01 00:00:00"), (951_782_400, "2000-02-29 00:00:00")])
    func filters(seconds: Double, text: String) {
        #expect(VendorTime.filter(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test("Every day of four centuries is written and read back to the same")
    func roundTrip() {
        for day in stride(from: -141_000, to: 141_000, by: 37) {
            let date = Date(timeIntervalSince1970: Double(day) * 86400 + 43_261)
            #expect(VendorTime.parse(VendorTime.filter(date)) == .time(date))
        }
    }

    @Test(
        "Clock readings are seconds",
        arguments: [("00:02:05", 125), ("1.00:00:01", 86401), ("-00:00:07", -7), ("00:00:01.5000000", 1)])
    func clock(text: String, seconds: Int) { #expect(VendorTime.seconds(clock: text) == seconds) }
}
