import Foundation
import Rehearsal

/// The last line: figures by name, and those that fall short of what they are held to.
struct Figures {
    private var values: [String: Double] = [:]
    private var short: [String] = []

    /// What a figure is held to.
    private static let limits: [String: ClosedRange<Double>] = [
        "cpu_ratio_64": 0...1.25, "nginx_ratio_64": 1...1000, "nginx_p99_ratio_64": 0...1.5, "p50_ms": 0...0.3, "p99_ms": 0...2,
        "index_mb": 0...400, "index_load_s": 0...20, "growth_ratio": 0.85...1000, "errors_5xx": 0...0, "outage_p99_ratio": 0...2,
        "backlog_p99_ratio": 0...2, "swap_p99_ratio": 0...2, "swap_peak_mb": 0...400, "swap_all_p99_ratio": 0...2,
        "swap_all_peak_mb": 0...400, "rules_p99_ratio": 0...2, "decisions_p99_ratio": 0...2, "database_index_ratio": 0.4...1000,
        // A generator that has no processor left measures itself.
        "generator_share_64": 0...0.95,
    ]

    /// Notes a figure; one that is short is named.
    mutating func set(_ name: String, _ value: Double) {
        let rounded = (value * 1000).rounded() / 1000
        values[name] = rounded
        if let limit = Self.limits[name], !limit.contains(rounded) {
            short.append("\(name) is \(rounded), not \(Self.words(limit))")
            Report.say("SHORT: \(name) is \(rounded), not \(Self.words(limit))")
        }
    }

    /// Something made a measurement worthless.
    mutating func fault(_ what: String) {
        short.append(what)
        Report.say("SHORT: \(what)")
    }

    private static func words(_ limit: ClosedRange<Double>) -> String {
        limit.upperBound >= 1000 ? "at least \(limit.lowerBound)" : "at most \(limit.upperBound)"
    }

    var isShort: Bool { !short.isEmpty }

    var json: String {
        var all: [String: any Encodable & Sendable] = values
        all["short"] = short
        let members = all.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\(Self.text($0.value))" }
        return "{\(members.joined(separator: ","))}"
    }

    private static func text(_ value: any Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}

/// Lines for people, at once even into a pipe.
enum Report {
    static func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

    static func say(_ name: String, _ outcome: Outcome) {
        say(
            String(
                format: "%@: %.0f/s, p50 %.3f ms, p99 %.3f ms, p99.9 %.3f ms; %@; generator %.0f %% of a processor%@%@", name,
                outcome.rate,
                outcome.p(0.5), outcome.p(0.99), outcome.p(0.999), "\(outcome.statuses)", outcome.generatorShare * 100,
                outcome.lateness.count == 0
                    ? "" : String(format: ", asks late by p99 %.3f ms", outcome.lateness.percentile(0.99)),
                outcome.flaw.map { "; " + $0 } ?? ""))
    }
}

extension Array where Element: Comparable {
    var median: Element { sorted()[count / 2] }
}
