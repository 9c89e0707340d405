import Reports
import Testing

@Suite struct SpanTests {
    @Test(arguments: [
        ("14 days", 1_209_600), ("36h", 129_600), ("90 min", 5400), ("2 weeks", 1_209_600), ("1 Day", 86_400), (" 5m ", 300),
        ("36525 days", 3_155_760_000),
    ])
    func `reads a number and a unit`(text: String, seconds: Int64) {
        #expect(Span(text)?.duration == .seconds(seconds))
    }

    @Test(arguments: [
        "", "14", "days", "0 days", "-1 day", "1.5 days", "3 months", "1 day 2 hours", "36526 days", "999999999 weeks", "٣ days",
    ])
    func `refuses anything else`(text: String) {
        #expect(Span(text) == nil)
    }
}
