import Foundation

/// `Mon, 02 Mar 2026 10:11:12 GMT`.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func date(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 6, let month = months.firstIndex(of: String(words[2])), let day = Int(words[1]),
            let year = Int(words[3])
        else { return nil }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return ODataDate.date("\(year)-\(two(month + 1))-\(two(day))T\(words[4])Z")
    }
}
