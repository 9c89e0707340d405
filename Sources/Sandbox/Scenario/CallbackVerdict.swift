import Foundation

/// What stands in Dataverse and in Enreach's lists against what must stand there, for callback requests.
public struct CallbackVerdict: Codable, Sendable {
    public var callbacks = 0
    public var due = 0
    /// Of the due ones: how many phone calls there must be, and how many there are.
    public var expected = 0
    public var present = 0
    public var bundled = 0
    public var ignored = 0
    public var closed = 0
    public var duplicates = 0
    public var missing = 0
    public var unexpected = 0
    /// How often each kind of fault was found: `missing`, `duplicate`, `unexpected`, `not_closed`, `closed`, `queue`, `owner`,
    /// `number`, `subject`, `not_linked`, `linked`.
    public var counts: [String: Int] = [:]
    public var wrong: [Verdict.Fault] = []
    /// Milliseconds from the moment the API showed a request to its phone call's creation.
    public var latencyMilliseconds: Verdict.Latency?
    public var clean = false

    private enum CodingKeys: String, CodingKey {
        case callbacks, due, expected, present, bundled, ignored, closed, duplicates, missing, unexpected, counts, wrong, clean
        case latencyMilliseconds = "latency_ms"
    }

    public init() {}
}

/// Compares expectations with phone calls, queue items and the requests' own state.
struct CallbackVerdictFinder {
    private static let examples = 100

    var prefix: String
    var visibleAfter: Double
    var now: Date
    /// The application user: owner of what nobody else owns.
    var applicationUser: String?
    private var verdict = CallbackVerdict()
    private var latencies: [Double] = []

    init(prefix: String, visibleAfter: Double, now: Date, applicationUser: String?) {
        self.prefix = prefix
        self.visibleAfter = visibleAfter
        self.now = now
        self.applicationUser = applicationUser
    }

    /// - Parameters:
    ///   - phoneCalls: those that carry a callback's id.
    ///   - queues: by phone call, the queue of its active item.
    mutating func find(
        expectations: [CallbackExpectation], phoneCalls: [DataverseRow], queues: [String: String], states: [UUID: CallbackRecord]
    ) -> CallbackVerdict {
        var byCallback: [String: [DataverseRow]] = [:]
        for row in phoneCalls { byCallback[row[prefix + "callbackid"].string?.lowercased() ?? "", default: []].append(row) }
        verdict.callbacks = expectations.count
        var groups: [String: [CallbackExpectation]] = [:]
        for expectation in expectations {
            let isDue = isDue(expectation)
            if isDue { verdict.due += 1 }
            let records = byCallback[expectation.id.lowercase] ?? []
            if records.count > 1 {
                verdict.duplicates += records.count - 1
                note("duplicate", expectation, "1", "\(records.count)")
            }
            for record in records.prefix(1) { compare(expectation, record, queues) }
            if isDue { compareState(expectation, states[expectation.id]) }
            switch expectation.state {
            case .written: if isDue { mustStand(expectation, records) }
            case .untouched:
                guard !records.isEmpty else { continue }
                verdict.unexpected += 1
                note("unexpected", expectation, "none", records[0].id)
            case .bundled, .ignored: groups[expectation.group ?? expectation.id.lowercase, default: []].append(expectation)
            }
        }
        for group in groups.values { judge(group.filter(isDue), byCallback) }
        verdict.latencyMilliseconds = Verdict.Latency(seconds: latencies)
        verdict.clean = verdict.counts.isEmpty && verdict.due == verdict.callbacks
        return verdict
    }

    private func isDue(_ expectation: CallbackExpectation) -> Bool { expectation.readyAt + visibleAfter <= now }

    private mutating func mustStand(_ expectation: CallbackExpectation, _ records: [DataverseRow]) {
        verdict.expected += 1
        guard let record = records.first else {
            verdict.missing += 1
            return note("missing", expectation, "a phone call", "nothing")
        }
        verdict.present += 1
        if let created = record.times?.created {
            latencies.append(max(0, created - (expectation.readyAt.timeIntervalSince1970 + visibleAfter)))
        }
    }

    private mutating func judge(_ group: [CallbackExpectation], _ byCallback: [String: [DataverseRow]]) {
        guard let first = group.first else { return }
        let standing = group.filter { byCallback[$0.id.lowercase] != nil }
        if first.state == .ignored {
            verdict.expected += 1
            if standing.isEmpty {
                verdict.missing += 1
                note("missing", first, "one phone call for \(group.count) requests", "nothing")
            } else {
                verdict.present += 1
                verdict.ignored += group.count - standing.count
                if standing.count > 1 {
                    verdict.duplicates += standing.count - 1
                    note("duplicate", first, "1", "\(standing.count)")
                }
            }
            return
        }
        for expectation in group { mustStand(expectation, byCallback[expectation.id.lowercase] ?? []) }
        guard group.count > 1, standing.count == group.count else { return }
        let links = Set(standing.map { byCallback[$0.id.lowercase]?[0][prefix + "bundleid"].string?.lowercased() ?? "" })
        if links.count == 1, links != [""] {
            verdict.bundled += group.count
        } else {
            note("not_linked", first, "one link for \(group.count)", "\(links.count) links")
        }
    }

    private mutating func compareState(_ expectation: CallbackExpectation, _ record: CallbackRecord?) {
        guard let record else { return }
        let isClosed = record.state == .closed
        if isClosed, expectation.closed, expectation.state != .untouched { verdict.closed += 1 }
        if isClosed != expectation.closed {
            note(isClosed ? "closed" : "not_closed", expectation, expectation.closed ? "closed" : "open", record.state.rawValue)
        }
    }

    private mutating func compare(_ expectation: CallbackExpectation, _ record: DataverseRow, _ queues: [String: String]) {
        guard expectation.state != .untouched else { return }
        check("queue", expectation, expectation.queueID?.lowercase, queues[record.id.lowercased()])
        check("owner", expectation, expectation.owner?.lowercase ?? applicationUser, record["ownerid"].string?.lowercased())
        if let number = expectation.number { check("number", expectation, number, record["phonenumber"].string) }
        if let subject = expectation.subject { check("subject", expectation, subject, record["subject"].string) }
    }

    private mutating func check(_ what: String, _ expectation: CallbackExpectation, _ expected: String?, _ found: String?) {
        guard (expected ?? "") != (found ?? "") else { return }
        note(what, expectation, expected ?? "nothing", found ?? "nothing")
    }

    private mutating func note(_ what: String, _ expectation: CallbackExpectation, _ expected: String, _ found: String) {
        verdict.counts[what, default: 0] += 1
        guard verdict.wrong.count < Self.examples else { return }
        verdict.wrong.append(
            Verdict.Fault(what: what, callID: expectation.id.lowercase, kind: expectation.kind, expected: expected, found: found))
    }
}
