import Foundation

/// Processor time as the kernel accounts it, in `/proc`.
enum ProcessorTime {
    /// Milliseconds a process has used, its ended and awaited children included.
    static func milliseconds(of process: Int32) -> Double {
        guard let fields = fields(of: process) else { return 0 }
        let ticks = fields[11...14].compactMap(Double.init).reduce(0, +)
        return ticks * 1000 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Milliseconds a process and all that it started have used.
    static func milliseconds(ofTree root: Int32) -> Double {
        milliseconds(of: root) + children(of: root).map { milliseconds(ofTree: $0) }.reduce(0, +)
    }

    /// The processes that a process has started and that still run.
    static func children(of process: Int32) -> [Int32] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { Int32($0) }.filter { parent(of: $0) == process }
    }

    private static func parent(of process: Int32) -> Int32? {
        fields(of: process).flatMap { Int32($0[1]) }
    }

    /// The fields of `stat` after the program's name: state, parent, …
    private static func fields(of process: Int32) -> [Substring]? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = text.lastIndex(of: ")")
        else {
            return nil
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 14 ? fields : nil
    }
}
