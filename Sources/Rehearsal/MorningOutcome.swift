import Foundation
import Postgres

/// What a morning came to, by the hub's account and by the sandbox's.
struct MorningOutcome: Sendable {
    /// Calls that happened in Enreach.
    let happened: Int
    let counts: CallCounts
    let people: PeopleCounts
    /// From a changed e-mail address in Dynamics to the Enreach id beside it; nil: not tried.
    var matchedWithin: Duration?
    /// Of the requests, those that made the hub's parts in Dynamics.
    var installationRequests = 0
    let regarding: RegardingCounts
    let verdict: Verdict
    let requests: RequestFigures
    let callbacks: CallbackCounts
    let callbackVerdict: CallbackVerdict
    let routing: RoutingFigures

    static func gather(from hub: RehearsedHub, happened: Int) async throws -> MorningOutcome {
        MorningOutcome(
            happened: happened, counts: try await CallCounts.read(from: hub.database),
            people: try await PeopleCounts.read(from: hub.database),
            regarding: try await RegardingCounts.read(from: hub.database), verdict: try await hub.door.get("/admin/verdict"),
            requests: try await hub.door.get("/admin/requests?last=0"),
            callbacks: try await CallbackCounts.read(from: hub.database),
            callbackVerdict: try await CallbackVerdict.read(from: hub.door),
            routing: try await RehearsedRouting.figures(of: hub))
    }

    var balanced: Bool {
        callsAreBalanced && callbacks.balanced && callbacks.isQuiet && callbacks.dead == 0 && callbackVerdict.isClean
            && routing.isClean
    }

    /// Every call that happened was seen, has its end, and stands in Dynamics as it should.
    var callsAreBalanced: Bool {
        counts.balanced && counts.seen == happened && counts.pending == 0 && counts.dead == 0 && verdict.isClean
    }

    /// Dataverse requests for each call, and each callback request, that came to stand in Dynamics.
    var requestsPerCall: Double {
        let calls = counts.written + counts.adopted + counts.withdrawn + callbacks.written
        return calls == 0 ? 0 : Double(requests.dataverse - installationRequests) / Double(calls)
    }

    /// The table for people.
    var table: String {
        var rows: [(String, String)] = [
            ("people matched", "\(people.matched)"), ("people not matched", "\(people.unmatched)"),
            ("contacts found by number", "\(regarding.contacts)"), ("accounts and leads found by number", "\(regarding.others)"),
            ("calls that happened", "\(happened)"), ("calls seen", "\(counts.seen)"), ("written", "\(counts.written)"),
            ("adopted", "\(counts.adopted)"),
            ("withdrawn", "\(counts.withdrawn)"),
        ]
        rows += counts.skipped.sorted { $0.key < $1.key }.map { ("skipped: \($0.key.replacing("_", with: " "))", "\($0.value)") }
        rows += [
            ("pending", "\(counts.pending)"), ("dead", "\(counts.dead)"), ("in Dynamics, expected", "\(verdict.expected)"),
            ("in Dynamics, found", "\(verdict.present)"), ("missing", "\(verdict.missing)"), ("twice", "\(verdict.duplicates)"),
            ("otherwise wrong", "\(verdict.wrong.count)"), ("Dataverse requests", "\(requests.dataverse)"),
            ("of these to install the hub's parts", "\(installationRequests)"),
            ("Dataverse requests per call", String(format: "%.3f", requestsPerCall)),
            ("calls asked about and answered by the router", "\(routing.answered)"),
            ("of these sent elsewhere", "\(routing.rerouted)"),
            ("of these left on their way", "\(routing.standard)"),
            ("overflowed from where they were sent", "\(routing.overflowed)"),
            ("routing errors", "\(routing.errors)"),
            ("routing loops", "\(routing.loops)"),
        ]
        if callbacks.seen > 0 {
            rows += [
                ("callback requests", "\(callbacks.seen)"), ("callbacks written", "\(callbacks.written)"),
                ("callbacks bundled", "\(callbacks.bundled)"), ("callbacks ignored", "\(callbacks.ignored)"),
                ("callbacks closed in Enreach", "\(callbacks.closed)"), ("callbacks missing", "\(callbackVerdict.missing)"),
                ("callbacks twice", "\(callbackVerdict.duplicates)"),
                ("callbacks otherwise wrong", "\(callbackVerdict.wrong.count)"),
            ]
        }
        for (from, latency) in [("end of the call", verdict.latencyFromEnd), ("visible in Enreach", verdict.latency)] {
            guard let p50 = latency?.p50, let p95 = latency?.p95 else { continue }
            rows.append(("\(from) → record, p50", String(format: "%.1f s", p50 / 1000)))
            rows.append(("\(from) → record, p95", String(format: "%.1f s", p95 / 1000)))
        }
        if let matchedWithin {
            rows.append(("e-mail changed in Dynamics → matched", String(format: "%.1f s", matchedWithin / .seconds(1))))
        }
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { name, value in
            "  " + name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
                + String(repeating: " ", count: max(0, 9 - value.count))
                + value
        }
        let differences =
            (verdict.wrong.prefix(5) + callbackVerdict.wrong.prefix(5)).map { "  \($0.words)" }
            + routing.faults.prefix(5).map { "  routing: \($0)" }
        let sum = balanced ? "The balance comes out: nothing lost, nothing twice." : "THE BALANCE DOES NOT COME OUT."
        return (lines + differences + ["", "  " + sum]).joined(separator: "\n") + "\n"
    }

    /// The last line of a run that ends by itself.
    var json: String {
        struct Figures: Encodable {
            let peopleMatched: Int
            let peopleUnmatched: Int
            let peopleMatchedWithinMs: Double?
            let contactsFound: Int
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
            let routed: Int
            let rerouted: Int
            let routeDefaults: Int
            let routeOverflows: Int
            let routeErrors: Int
            let routeLoops: Int
            let endToRecordP50Ms: Double?
            let endToRecordP95Ms: Double?
            let visibleToRecordP50Ms: Double?
            let visibleToRecordP95Ms: Double?
            let callbacksWritten: Int
            let callbacksBundled: Int
            let callbacksIgnored: Int
            let callbacksClosed: Int
            let balanced: Bool
        }
        return JSONLine.text(
            Figures(
                peopleMatched: people.matched, peopleUnmatched: people.unmatched,
                peopleMatchedWithinMs: matchedWithin.map { ($0 / .milliseconds(1)).rounded() }, contactsFound: regarding.contacts,
                seen: counts.seen, written: counts.written,
                adopted: counts.adopted, skipped: counts.skippedInAll,
                skippedByReason: counts.skipped, withdrawn: counts.withdrawn, pending: counts.pending, dead: counts.dead,
                duplicates: verdict.duplicates, missing: verdict.missing, wrong: verdict.wrong.count,
                requestsPerCall: requestsPerCall.roundedFigure, routed: routing.answered,
                rerouted: routing.rerouted, routeDefaults: routing.standard, routeOverflows: routing.overflowed,
                routeErrors: routing.errors, routeLoops: routing.loops, endToRecordP50Ms: verdict.latencyFromEnd?.p50,
                endToRecordP95Ms: verdict.latencyFromEnd?.p95, visibleToRecordP50Ms: verdict.latency?.p50,
                visibleToRecordP95Ms: verdict.latency?.p95,
                callbacksWritten: callbacks.written, callbacksBundled: callbacks.bundled,
                callbacksIgnored: callbacks.ignored, callbacksClosed: callbacks.closed, balanced: balanced))
    }
}
