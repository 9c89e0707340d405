import FoundationEssentials

/// The `Retry-After` header: seconds, or an HTTP date.
enum RetryAfter {
    /// At most an hour; nil when it is neither. A date in the past means no wait.
    static func parse(_ text: String, now: Date) -> Duration? {
        let text = text.trimmingCharacters(in: " \t")
        if let seconds = Double(text) {
            guard seconds.isFinite, seconds >= 0, seconds < 10_000_000 else { return nil }
            return .seconds(min(seconds, longest))
        }
        guard let date = HTTPDate.parse(text) else { return nil }
        return .seconds(min(max(0, date.timeIntervalSince(now)), longest))
    }

    private static let longest = 3600.0
}

/// The dates of HTTP headers.
enum HTTPDate {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else.
    static func parse(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 6, let month = months.firstIndex(of: String(words[2])) else { return nil }
        guard case .time(let date) = VendorTime.parse("\(words[3])-\(month + 1)-\(words[1])T\(words[4])Z") else { return nil }
        return date
    }
}

extension String {
    fileprivate func trimmingCharacters(in set: String) -> String {
        var rest = self[...]
        while let first = rest.first, set.contains(first) { rest.removeFirst() }
        while let last = rest.last, set.contains(last) { rest.removeLast() }
        return String(rest)
    }
}
