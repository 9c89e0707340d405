/// Text as the database compares it: without regard to case.
enum Folding {
    static func fold(_ text: String) -> String {
        for byte in text.utf8 where byte >= 0x80 || (byte >= 0x41 && byte <= 0x5A) { return text.lowercased() }
        return text
    }

    /// `folded` must come from `fold`.
    static func equals(_ text: String, folded: String) -> Bool {
        var differs = false
        var ascii = true
        let a = text.utf8
        let b = folded.utf8
        if a.count == b.count {
            for (x, y) in zip(a, b) where x != y {
                if x >= 0x80 || y >= 0x80 { ascii = false }
                if !(x >= 0x41 && x <= 0x5A && x | 0x20 == y) {
                    differs = true
                    break
                }
            }
            if !differs { return true }
            if ascii, !a.contains(where: { $0 >= 0x80 }) { return false }
        }
        return fold(text) == folded
    }

    static func compare(_ a: String, _ b: String) -> Int {
        let a = fold(a)
        let b = fold(b)
        return a == b ? 0 : a < b ? -1 : 1
    }
}
