import DynamicsSolution
import Operations

/// Findings and events as tables, lines and JSON.
enum SolutionListing {
    static func table(_ findings: [SolutionFinding]) -> Table {
        var table = Table("state", "kind", "name", "found", "remedy")
        for finding in findings {
            table.append(
                .text(finding.state.rawValue), .text(finding.part.kind), .text(finding.part.name), .text(finding.found),
                .text(finding.remedy))
        }
        return table
    }

    static func plan(_ findings: [SolutionFinding]) -> Table {
        var table = Table("would_make", "name", "as", "found")
        for finding in findings {
            table.append(.text(finding.part.kind), .text(finding.part.name), .text(finding.part.words), .text(finding.found))
        }
        return table
    }

    static func removal(_ parts: [SolutionPart]) -> Table {
        var table = Table("would_remove", "name", "which_is")
        for part in parts { table.append(.text(part.kind), .text(part.name), .text(part.words)) }
        return table
    }

    static func json(_ report: SolutionReport, events: [SolutionEvent] = []) -> OutputValue {
        .object([
            "ok": .flag(report.isWell), "parts": table(report.findings).json,
            "done": .list(events.map(json)),
            "probes": .object(
                report.probes.answers.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .text($0.value)) }),
        ])
    }

    static func json(_ event: SolutionEvent) -> OutputValue {
        .object([
            "kind": .text(event.part.kind), "name": .text(event.part.name), "ok": .flag(!event.isFailure),
            "result": .text(event.words),
        ])
    }

    static func line(_ event: SolutionEvent) -> String { "\(event.part.kind) \(event.part.name): \(event.words)" }
}
