extension MaskedNumber {
    /// The text with every phone number in it masked like the number itself: in international form (`+` and at least eight digits, `00`), and
    /// national ones of seven digits or more, with blanks, hyphens or parentheses between them or none.
    ///
    /// Ids (UUIDs, hexadecimal words), codes such as `0x80040265`, dates and times stay. The last guard before a line is written or an error is
    /// stored: what is kept should name no number in the first place, but a vendor's words may.
    ///
    /// - Parameter sparesCounts: leaves digits without anything between them that begin with no zero: of eight or fewer, and of any number
    ///   where they are a whole value; and fractions of up to six digits, not only those behind `0.`. For our own lines, which hold ids of jobs and figures.
    package static func masking(_ text: String, sparesCounts: Bool = true) -> String {
        // Nothing to be found in most texts.
        guard text.utf8.contains(where: isDigit) else { return text }
        let bytes = Array(text.utf8)
        var masked: [UInt8] = []
        masked.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            let passed = max(
                MaskedText.passed(bytes, at: place), MaskedText.fraction(bytes, at: place, afterAny: sparesCounts))
            if passed > 0 {
                masked += bytes[place..<place + passed]
                place += passed
            } else if let number = MaskedText.number(bytes, at: place) {
                if number.isMasked(sparesCounts: sparesCounts, in: bytes) {
                    let shown = number.isInternational ? 4 : 2
                    let end = number.place.upperBound
                    masked += bytes[place..<place + shown] + Array("…".utf8) + bytes[end - 2..<end]
                } else {
                    masked += bytes[number.place]
                }
                place = number.place.upperBound
            } else {
                masked.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: masked, as: UTF8.self)
    }
}

/// Finds what may be a phone number in a text, and what looks like one and is none.
private enum MaskedText {
    struct Number {
        let place: Range<Int>
        let digits: Int
        let isInternational: Bool
        /// There is something between its digits.
        let isGrouped: Bool
        /// It begins with a zero.
        let hasPrefix: Bool

        func isMasked(sparesCounts: Bool, in bytes: [UInt8]) -> Bool {
            if isInternational { return digits >= 8 && digits <= 17 }
            guard digits >= 7, digits <= 15 else { return false }
            guard sparesCounts, !isGrouped, !hasPrefix else { return true }
            return digits > 8 && !isWholeValue(in: bytes)
        }

        /// As figures and ids stand in our lines: `"jobs":"123456789"`, `jobs=123456789`.
        private func isWholeValue(in bytes: [UInt8]) -> Bool {
            let before = place.lowerBound > 0 ? bytes[place.lowerBound - 1] : 0
            let after = place.upperBound < bytes.count ? bytes[place.upperBound] : 0
            return "\":=[".utf8.contains(before) && (after == 0 || "\",}] ".utf8.contains(after))
        }
    }

    /// Bytes from here that are no number for certain: an id, a code, a date, a time; 0 where there is none.
    static func passed(_ bytes: [UInt8], at place: Int) -> Int {
        if isDigit(bytes[place]), let length = length(of: times + dates, bytes, at: place) { return length }
        guard isWordByte(bytes[place]), place == 0 || !isWordByte(bytes[place - 1]) else { return 0 }
        if let length = length(of: [uuid], bytes, at: place) { return length }
        let word = bytes[place...].prefix(while: isWordByte)
        guard let first = word.firstIndex(where: isDigit), word.contains(where: { !isDigit($0) }) else { return 0 }
        let isHexadecimal = word.starts(with: "0x".utf8) || word.starts(with: "0X".utf8) || word.allSatisfy(isHexByte)
        // A word with few digits in a row is a code; with many somebody forgot the blank.
        let longest = word[first...].split(whereSeparator: { !isDigit($0) }).map(\.count).max() ?? 0
        return isHexadecimal || longest < 9 ? word.count : 0
    }

    /// Digits from here that are the fraction of a figure: behind `0.`, or up to six behind any of up to three digits; 0 where there are none.
    static func fraction(_ bytes: [UInt8], at place: Int, afterAny: Bool) -> Int {
        guard place >= 2, isDigit(bytes[place]), bytes[place - 1] == UInt8(ascii: ".") else { return 0 }
        let whole = bytes[..<(place - 1)].reversed().prefix { isDigit($0) }.count
        let begins = place - 1 - whole
        let standsAlone = begins == 0 || !isWordByte(bytes[begins - 1]) && !".+()".utf8.contains(bytes[begins - 1])
        let isZero = whole == 1 && bytes[begins] == UInt8(ascii: "0")
        let digits = bytes[place...].prefix { isDigit($0) }.count
        // A figure begins with no zero but that one, and has no more digits than anybody reads; an area code may, and a number does.
        let isFigure = afterAny && (1...3).contains(whole) && bytes[begins] != UInt8(ascii: "0") && digits <= 6
        return standsAlone && (isZero || isFigure) ? digits : 0
    }

    /// The number that begins here.
    static func number(_ bytes: [UInt8], at place: Int) -> Number? {
        let isPlus = bytes[place] == UInt8(ascii: "+")
        let start = isPlus ? place + 1 : place
        guard start < bytes.count, isDigit(bytes[start]) else { return nil }
        let hasPrefix = bytes[start] == UInt8(ascii: "0")
        let isAfterDot = place > 0 && bytes[place - 1] == UInt8(ascii: ".")
        let dots = isPlus || hasPrefix && !isAfterDot && start + 1 < bytes.count && isDigit(bytes[start + 1])
        let isInternational = isPlus || hasPrefix && start + 1 < bytes.count && bytes[start + 1] == UInt8(ascii: "0")
        var (end, digits, isGrouped) = (start, 0, false)
        while true {
            while end < bytes.count, isDigit(bytes[end]) {
                end += 1
                digits += 1
            }
            let gap = self.gap(bytes[end...], dots: dots)
            guard gap > 0, end + gap < bytes.count, isDigit(bytes[end + gap]), passed(bytes, at: end + gap) == 0 else { break }
            isGrouped = true
            end += gap
        }
        return Number(
            place: place..<end, digits: digits, isInternational: isInternational, isGrouped: isGrouped, hasPrefix: hasPrefix)
    }

    /// Bytes between two groups of digits: one, or up to three with a parenthesis among them. Dots only where the number's beginning tells that it is one:
    /// addresses of machines and versions have them too.
    private static func gap(_ bytes: ArraySlice<UInt8>, dots: Bool) -> Int {
        let gap = bytes.prefix(4).prefix { " -()".utf8.contains($0) || dots && "./".utf8.contains($0) }
        return gap.count == 1 || gap.count <= 3 && gap.contains(where: { "()".utf8.contains($0) }) ? gap.count : 0
    }

    /// 9 stands for a digit, x for a hexadecimal one; longer shapes first.
    private static let uuid = Array("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".utf8)
    private static let dates = ["9999-99-99", "99.99.9999", "99/99/9999"].map { Array($0.utf8) }
    private static let times = ["99:99:99", "9:99:99", "99:99", "9:99"].map { Array($0.utf8) }

    /// Length of the first shape that stands here and is not followed by another digit; the fraction of a second counts with a time.
    private static func length(of shapes: [[UInt8]], _ bytes: [UInt8], at place: Int) -> Int? {
        guard place == 0 || !isDigit(bytes[place - 1]) else { return nil }
        for shape in shapes where place + shape.count <= bytes.count {
            let fits = zip(shape, bytes[place...]).allSatisfy { sign, byte in
                switch sign {
                case UInt8(ascii: "9"): isDigit(byte)
                case UInt8(ascii: "x"): isHexByte(byte)
                default: sign == byte
                }
            }
            guard fits else { continue }
            var end = place + shape.count
            if shape.count == 8, end < bytes.count, bytes[end] == UInt8(ascii: ".") {
                end += 1
                while end < bytes.count, isDigit(bytes[end]) { end += 1 }
            }
            if end == bytes.count || !isDigit(bytes[end]) { return end - place }
        }
        return nil
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: isDigit(byte)
        }
    }

    private static func isHexByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: isDigit(byte)
        }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
