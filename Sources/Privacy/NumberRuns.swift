/// The places in a text that may be phone numbers: digits with single marks between them, and every part of such a run that begins and ends
/// with a whole group of digits.
struct NumberRuns {
    struct Candidate {
        /// Of the text's UTF-8.
        let range: Range<Int>
        let text: String
    }

    /// The longer before the shorter.
    private(set) var candidates: [Candidate] = []

    /// A number has at most so many groups of digits.
    private static let mostGroups = 8
    private static let digits = 5...18
    private static let shortestInternational = 7

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var run: [Range<Int>] = []
        var place = 0
        while place < bytes.count {
            guard Self.isDigit(bytes[place]) else {
                place += 1
                continue
            }
            let start = place
            while place < bytes.count, Self.isDigit(bytes[place]) { place += 1 }
            if let last = run.last, !Self.joins(bytes[last.upperBound..<start]) {
                add(run, bytes)
                run = []
            }
            run.append(start..<place)
        }
        add(run, bytes)
        candidates.sort { $0.range.count > $1.range.count }
    }

    private mutating func add(_ run: [Range<Int>], _ bytes: [UInt8]) {
        guard let beginning = run.first else { return }
        let namesCountry = Self.namesCountry(beginning, bytes)
        var before = 0
        for first in run.indices {
            defer { before += run[first].count }
            // The end of another country's number may be the same digits.
            if namesCountry, first > 0, before < Self.shortestInternational { continue }
            let start = Self.start(run[first].lowerBound, bytes)
            if start > 0, Self.isLetter(bytes[start - 1]) { continue }
            var digits = 0
            for last in first..<min(run.count, first + Self.mostGroups) {
                digits += run[last].count
                guard Self.digits.contains(digits) else { continue }
                // A bracket that is not closed within belongs to the words around.
                let isBracket =
                    bytes[start] == UInt8(ascii: "(") && !bytes[start..<run[last].upperBound].contains(UInt8(ascii: ")"))
                let range = (isBracket ? start + 1 : start)..<run[last].upperBound
                candidates.append(Candidate(range: range, text: String(decoding: bytes[range], as: UTF8.self)))
            }
        }
    }

    /// Whether the number that begins here begins with its country.
    private static func namesCountry(_ digits: Range<Int>, _ bytes: [UInt8]) -> Bool {
        bytes[start(digits.lowerBound, bytes)] == UInt8(ascii: "+") || bytes[digits].starts(with: "00".utf8)
    }

    /// A plus sign or an opening bracket before the digits belongs to them.
    private static func start(_ digits: Int, _ bytes: [UInt8]) -> Int {
        var start = digits
        if start > 0, bytes[start - 1] == UInt8(ascii: "(") { start -= 1 }
        if start > 0, bytes[start - 1] == UInt8(ascii: "+") { start -= 1 }
        return start
    }

    /// Whether what stands between two groups of digits may stand inside a number: some marks, of more than one byte at times.
    private static func joins(_ between: ArraySlice<UInt8>) -> Bool {
        between.count <= 6
            && String(decoding: between, as: UTF8.self).allSatisfy {
                " -./()\u{A0}\u{2009}\u{202F}\u{2010}\u{2011}\u{2013}".contains($0)
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
