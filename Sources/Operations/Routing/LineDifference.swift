/// The lines that differ between two texts, with some around them.
package enum LineDifference {
    /// Empty when nothing differs; else lines that begin with `-`, `+`, a blank, or `@@` and the line where they stand in the new text.
    package static func lines(_ old: String, _ new: String, around: Int = 2) -> [String] {
        let (before, after) = (split(old), split(new))
        let difference = after.difference(from: before)
        guard !difference.isEmpty else { return [] }
        let removed = Set(difference.removals.map { change in if case .remove(let offset, _, _) = change { offset } else { 0 } })
        let inserted = Set(
            difference.insertions.map { change in if case .insert(let offset, _, _) = change { offset } else { 0 } })
        var all: [(mark: Character, text: String, line: Int)] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if removed.contains(left), left < before.count {
                all.append(("-", before[left], right + 1))
                left += 1
            } else if inserted.contains(right), right < after.count {
                all.append(("+", after[right], right + 1))
                right += 1
            } else {
                all.append((" ", after[right], right + 1))
                left += 1
                right += 1
            }
        }
        return hunks(all, around)
    }

    private static func hunks(_ all: [(mark: Character, text: String, line: Int)], _ around: Int) -> [String] {
        var lines: [String] = []
        var last = -1
        for index in all.indices where all[index].mark != " " {
            let start = max(last + 1, index - around)
            let end = min(all.count - 1, index + around)
            if start > last + 1 || last < 0 { lines.append("@@ line \(all[start].line)") }
            if start <= end {
                for place in start...end where place > last { lines.append("\(all[place].mark)\(all[place].text)") }
            }
            last = max(last, end)
        }
        return lines
    }

    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
