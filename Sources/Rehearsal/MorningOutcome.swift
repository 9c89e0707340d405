import Foundation
import Postgres

/// What a morning came to, by the hub's account and by the sandbox's.
struct MorningOutcome: Sendable {
    let counts: CallCounts
    let verdict: Verdict
    let requests: RequestFigures

    static func gather(from hub: RehearsedHub) async throws -> MorningOutcome {
        MorningOutcome(
            counts: try await CallCounts.read(from: hub.database),
            verdict: try await hub.door.get("/admin/verdict"),
            requests: try await hub.door.get("/admin/requests?last=0"))
    }

    var balanced: Bool { counts.balanced && counts.pending == 0 && counts.dead == 0 && verdict.isClean }

    /// Dataverse requests for each call that came to stand in Dynamics.
    var requestsPerCall: Double {
        let calls = counts.written + counts.adopted + counts.withdrawn
        return calls == 0 ? 0 : Double(requests.dataverse) / Double(calls)
    }

    /// The table for people.
    var table: String {
        var rows: [(String, String)] = [
            ("calls seen", "\(counts.seen)"), ("written", "\(counts.written)"), ("adopted", "\(counts.adopted)"),
            ("withdrawn", "\(counts.withdrawn)"),
        ]
        rows += counts.skipped.sorted { $0.key < $1.key }.map { ("skipped: \($0.key.replacing("_", with: " "))", "\($0.value)") }
        rows += [
            ("pending", "\(counts.pending)"), ("dead", "\(counts.dead)"), ("in Dynamics, expected", "\(verdict.expected)"),
            ("in Dynamics, found", "\(verdict.present)"), ("missing", "\(verdict.missing)"), ("twice", "\(verdict.duplicates)"),
            ("otherwise wrong", "\(verdict.wrong.count)"), ("Dataverse requests", "\(requests.dataverse)"),
            ("Dataverse requests per call", String(format: "%.3f", requestsPerCall)),
        ]
        if let p50 = verdict.latency?.p50, let p95 = verdict.latency?.p95 {
            rows.append(("visible in Enreach → record, p50", String(format: "%.1f s", p50 / 1000)))
            rows.append(("visible in Enreach → record, p95", String(format: "%.1f s", p95 / 1000)))
        }
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { name, value in
            "  " + name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
                + String(repeating: " ", count: max(0, 9 - value.count))
                + value
        }
        let differences = verdict.wrong.prefix(5).map { "  \($0.words)" }
        let sum = balanced ? "The balance comes out: nothing lost, nothing twice." : "THE BALANCE DOES NOT COME OUT."
        return (lines + differences + ["", "  " + sum]).joined(separator: "\n") + "\n"
    }

    /// The last line of a run that ends by itself.
    var json: String {
        struct Figures: Encodable {
            let seen: Int
            let written: Int
            let adopted: Int
            let skipped: Int
            let skippedByReason: [String: Int]
            let withdrawn: Int
            let pending: Int
            let dead: Int
            let duplicates: Int
            let missing: Int
            let wrong: Int
            let requestsPerCall: Double
            let latencyP50Ms: Double?
            let latencyP95Ms: Double?
            let balanced: Bool
        }
        return JSONLine.text(
            Figures(
                seen: counts.seen, written: counts.written, adopted: counts.adopted, skipped: counts.skippedInAll,
                skippedByReason: counts.skipped, withdrawn: counts.withdrawn, pending: counts.pending, dead: counts.dead,
                duplicates: verdict.duplicates, missing: verdict.missing, wrong: verdict.wrong.count,
                requestsPerCall: (requestsPerCall * 10_000).rounded() / 10_000, latencyP50Ms: verdict.latency?.p50,
                latencyP95Ms: verdict.latency?.p95, balanced: balanced))
    }
}

/// Figures as one line of JSON with snake_case names.
public enum JSONLine {
    public static func text(_ figures: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(figures)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
