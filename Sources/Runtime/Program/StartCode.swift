import Glibc

/// The code that a program needed to start, and mostly never again: reading configuration, linking, making its parts.
///
/// Pages of code stay mapped once they were touched, for good, and half of what an idle program seems to hold is of that kind. They are
/// unmapped once the program runs; what it does need comes back from the page cache, a few microseconds a page, shared with all
/// instances on the machine.
enum StartCode {
    /// Long enough after the start for the first jobs to be under way.
    static let delay = 5

    /// Lets go of the pages of code; a mapping in which anything was changed (by a debugger, say) is left alone.
    ///
    /// - Returns: kilobytes that were mapped and are not any more.
    @discardableResult
    static func release() -> Int {
        mappings().reduce(0) { sum, mapping in
            let start = UnsafeMutableRawPointer(bitPattern: mapping.start)
            guard mapping.dirty == 0, madvise(start, mapping.length, MADV_DONTNEED) == 0
            else { return sum }
            return sum + mapping.resident
        }
    }

    private struct Mapping {
        let start: UInt
        let length: Int
        var resident = 0
        /// Kilobytes that are this process' own.
        var dirty = 0
    }

    /// Executable mappings of files, as `/proc/self/smaps` has them.
    private static func mappings() -> [Mapping] {
        guard let text = read("/proc/self/smaps") else { return [] }
        var found: [Mapping] = []
        var isCode = false
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard let first = words.first else { continue }
            // A figure begins with its name and a colon, a mapping with where it lies.
            if !first.hasSuffix(":") {
                let ends = first.split(separator: "-").compactMap { UInt($0, radix: 16) }
                isCode = words.count >= 6 && words[1] == "r-xp" && words[5].hasPrefix("/") && ends.count == 2
                if isCode { found.append(Mapping(start: ends[0], length: Int(ends[1] - ends[0]))) }
            } else if isCode, words.count >= 2, let kilobytes = Int(words[1]) {
                switch first {
                case "Rss:": found[found.count - 1].resident = kilobytes
                case "Private_Dirty:", "Shared_Dirty:": found[found.count - 1].dirty += kilobytes
                default: break
                }
            }
        }
        return found
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&block, 1, block.count, file)
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
