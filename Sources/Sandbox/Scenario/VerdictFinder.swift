import Foundation

/// Compares expectations with the phone calls of the simulated Dataverse.
struct VerdictFinder {
    /// A phone call, as far as it is judged.
    private struct Record {
        var id: String
        var callID: String?
        var row: DataverseRow
    }

    /// Most examples that are told.
    private static let examples = 100

    var prefix: String
    /// Seconds from a change to the moment the API shows it.
    var visibleAfter: Double
    var now: Date
    private var verdict = Verdict()
    /// Seconds from Enreach's record of each call to its phone call.
    private var latencies: [Double] = []

    init(prefix: String, visibleAfter: Double, now: Date) {
        self.prefix = prefix
        self.visibleAfter = visibleAfter
        self.now = now
    }

    /// - Parameter sidebar: phone calls that agents' clients made.
    mutating func find(
        expectations: [CallExpectation], phoneCalls: [DataverseRow], sidebar: Set<String>, changesLeft: Int
    ) -> Verdict {
        var byCall: [String: [Record]] = [:]
        byCall.reserveCapacity(phoneCalls.count)
        for row in phoneCalls {
            if let call = row[prefix + "callid"].string?.lowercased(), !call.isEmpty {
                byCall[call, default: []].append(Record(id: row.id.lowercased(), callID: call, row: row))
            } else if !sidebar.contains(row.id.lowercased()) {
                verdict.unmarked += 1
                note("unmarked", "", "", expected: "a call id", found: row.id)
            }
        }
        verdict.calls = expectations.count
        for expectation in expectations {
            let key = expectation.callID.lowercase
            judge(expectation, byCall.removeValue(forKey: key) ?? [])
        }
        for (call, records) in byCall.sorted(by: { $0.key < $1.key }) {
            verdict.unexpected += records.count
            note("unexpected", call, "unknown", expected: "no such call", found: records[0].id)
        }
        verdict.latencyMilliseconds = Verdict.Latency(seconds: latencies.map { max(0, $0 - visibleAfter) })
        verdict.latencyFromEndMilliseconds = Verdict.Latency(seconds: latencies.map { max(0, $0 + MorningDraft.recordDelay) })
        verdict.changesLeft = changesLeft
        verdict.clean = verdict.counts.isEmpty && changesLeft == 0 && verdict.due == verdict.calls
        return verdict
    }

    private mutating func judge(_ expectation: CallExpectation, _ records: [Record]) {
        let isDue = expectation.readyAt + visibleAfter <= now
        if isDue { verdict.due += 1 }
        if records.count > 1 {
            verdict.duplicates += records.count - 1
            note("duplicate", expectation, expected: "1", found: records.map(\.id).joined(separator: " "))
        }
        switch expectation.state {
        case .skipped, .withdrawn:
            if isDue { verdict.none[expectation.reason ?? "", default: 0] += 1 }
            // Before a call is taken back its record is right.
            guard let record = records.first, isDue || expectation.state == .skipped else { return }
            if record.row[prefix + "withdrawn"].bool == true { return }
            verdict.unexpected += 1
            note("unexpected", expectation, expected: "none (\(expectation.reason ?? ""))", found: record.id)
        case .written, .adopted:
            if isDue { verdict.expected += 1 }
            guard let record = records.first else {
                guard isDue else { return }
                verdict.missing += 1
                note("missing", expectation, expected: expectation.state.rawValue, found: "nothing")
                return
            }
            if isDue { verdict.present += 1 }
            compare(expectation, record)
            if let completed = record.row.times?.completed, expectation.state == .written {
                latencies.append(completed - expectation.readyAt.timeIntervalSince1970)
            }
        }
    }

    private mutating func compare(_ expectation: CallExpectation, _ record: Record) {
        let row = record.row
        if let adopts = expectation.adopts {
            if record.id == adopts.lowercase {
                verdict.adopted += 1
            } else {
                verdict.duplicates += 1
                note("not_adopted", expectation, expected: adopts.lowercase, found: record.id)
            }
        } else if row["statecode"].integer != 1 {
            note("not_completed", expectation, expected: "1", found: text(row["statecode"]))
        }
        check("owner", expectation, expectation.owner?.lowercase, row["ownerid"].string?.lowercased())
        let outgoing = row["directioncode"].bool.map { $0 ? "outbound" : "inbound" }
        check("direction", expectation, expectation.direction, outgoing)
        if expectation.regardingCertain {
            check("regarding", expectation, expectation.regardingID?.lowercase, row["regardingobjectid"].string?.lowercased())
        }
        if let number = expectation.number { check("number", expectation, number, row["phonenumber"].string) }
        if expectation.adopts == nil { compareTimes(expectation, row) }
        if let queue = expectation.queueName { check("queue_name", expectation, queue, row[prefix + "queuename"].string) }
        if expectation.recordings > 0, expectation.settledAt + visibleAfter <= now, row[prefix + "recordingurl"].string == nil {
            note("recording", expectation, expected: "an address", found: "nothing")
        }
    }

    private mutating func compareTimes(_ expectation: CallExpectation, _ row: DataverseRow) {
        if let seconds = row[prefix + "durationseconds"].integer {
            if seconds != Int64(expectation.duration) {
                note("duration", expectation, expected: String(expectation.duration), found: String(seconds))
            }
        } else if let minutes = row["actualdurationminutes"].integer, abs(Int(minutes) * 60 - expectation.duration) > 60 {
            note("duration", expectation, expected: "\(expectation.duration) s", found: "\(minutes) min")
        }
        guard let start = expectation.start, let found = row["actualstart"].string.flatMap(CivilTime.parse) else { return }
        if abs(found.timeIntervalSince(start)) > 1.5 {
            note("start", expectation, expected: "\(start)", found: "\(found)")
        }
    }

    private mutating func check(_ what: String, _ expectation: CallExpectation, _ expected: String?, _ found: String?) {
        guard (expected ?? "") != (found ?? "") else { return }
        note(what, expectation, expected: expected ?? "nothing", found: found ?? "nothing")
    }

    private mutating func note(_ what: String, _ expectation: CallExpectation, expected: String, found: String) {
        note(what, expectation.callID.lowercase, expectation.kind, expected: expected, found: found)
    }

    private mutating func note(_ what: String, _ call: String, _ kind: String, expected: String, found: String) {
        verdict.counts[what, default: 0] += 1
        guard verdict.wrong.count < Self.examples else { return }
        verdict.wrong.append(Verdict.Fault(what: what, callID: call, kind: kind, expected: expected, found: found))
    }

    private func text(_ value: JSON) -> String {
        value.string ?? value.integer.map { String($0) } ?? "nothing"
    }
}
