import Dynamics
import FoundationEssentials
import Jobs
import Model
import Postgres

extension CallVerdict {
    /// The call needs nothing.
    static func left(_ work: CallWork) -> CallVerdict {
        var result = CallResult(work.call)
        result.handledVersion = work.call.contentVersion
        return CallVerdict(result: result, outcome: .done(note: "nothing to do"))
    }

    static func skipped(_ work: CallWork, _ reason: SkipReason) -> CallVerdict {
        var result = CallResult(work.call)
        result.state = .skipped
        result.reason = reason.rawValue
        result.handledVersion = work.call.contentVersion
        result.story = [TimelineRow(work.call.id, .skipped, reason: reason.rawValue)]
        result.figure = .skipped
        return CallVerdict(result: result, outcome: .done(note: "skipped: \(reason.rawValue)"))
    }

    /// The record stands, made by the hub now or by an earlier attempt.
    static func written(_ work: CallWork, _ call: PhoneCall, owner: Owner, regarding: Regarding, now: Date) -> CallVerdict {
        var result = CallResult(work.call)
        result.finish(.written, work, base: WrittenFields.json(call.fields), owner: owner, regarding: regarding, now: now)
        result.story = [
            TimelineRow(work.call.id, .written) { json in
                json.member("activity", work.call.activityID.lowercase)
                json.describe(owner, regarding, attempt: work.job.attempt)
            }
        ]
        return CallVerdict(result: result, outcome: .done())
    }

    /// A standing record was taken over or brought up to date.
    static func merged(
        _ work: CallWork, _ merge: ThreeWayMerge, _ standing: StandingPhoneCall, isAdopted: Bool, isEarlierAttempt: Bool,
        owner: Owner,
        regarding: Regarding, changed: Bool, now: Date
    ) -> CallVerdict {
        var result = CallResult(work.call)
        let isFirst = !work.call.state.hasRecord
        // A record that was left standing once holds what a human wrote: like an adopted one it is never deleted.
        let state: CallState = isFirst ? (isAdopted || work.call.wasMarked ? .adopted : .written) : work.call.state
        result.activityID = standing.id
        result.finish(state, work, base: WrittenFields.json(merge.base), owner: owner, regarding: regarding, now: now)
        result.touchedRecord = changed
        let event: TimelineEvent =
            isFirst ? (isAdopted ? .adopted : isEarlierAttempt ? .alreadyWritten : .written) : changed ? .updated : .unchanged
        result.story = [
            TimelineRow(work.call.id, event) { json in
                json.member("activity", standing.id.lowercase)
                if isFirst { json.describe(owner, regarding, attempt: work.job.attempt) }
                if !merge.changes.isEmpty { json.member("fields", merge.changes.keys.sorted().map(\.rawValue)) }
            }
        ]
        if !isFirst { result.figure = changed ? .updated : nil }
        if !isAdopted, !merge.keptForHuman.isEmpty {
            result.story.append(
                TimelineRow(work.call.id, .keptForHuman) { $0.member("fields", merge.keptForHuman.map(\.rawValue)) })
        }
        return CallVerdict(result: result, outcome: .done())
    }

    /// Somebody deleted the record: the hub stops.
    static func deletedByHuman(_ work: CallWork) -> CallVerdict {
        var result = CallResult(work.call)
        result.reason = StateReason.deletedByHuman.rawValue
        result.handledVersion = work.call.contentVersion
        result.story = [TimelineRow(work.call.id, .deletedByHuman)]
        return CallVerdict(result: result, outcome: .done(note: StateReason.deletedByHuman.rawValue))
    }

    static func withdrawn(_ work: CallWork, _ reason: StateReason, touched: [PhoneCallField] = []) -> CallVerdict {
        var result = CallResult(work.call)
        result.state = .withdrawn
        result.reason = reason.rawValue
        result.handledVersion = work.call.contentVersion
        // What was written holds numbers of a call that may be private now.
        result.written = Array("{}".utf8)
        result.touchedRecord = reason != .withdrawnGone
        result.figure = .withdrawn
        result.story = [
            TimelineRow(work.call.id, .withdrawn, reason: reason.rawValue) { json in
                if !touched.isEmpty { json.member("touched", touched.map(\.rawValue)) }
            }
        ]
        return CallVerdict(result: result, outcome: .done(note: reason.rawValue))
    }
}

extension CallResult {
    fileprivate mutating func finish(
        _ state: CallState, _ work: CallWork, base: [UInt8], owner: Owner, regarding: Regarding, now: Date
    ) {
        if !self.state.hasRecord {
            figure = state == .adopted ? .adopted : .written
            if work.call.isLive, self.state == .pending, let ended = work.call.facts.endedAt ?? work.call.facts.startedAt {
                latency = max(0, now.timeIntervalSince(ended))
            }
        }
        self.state = state
        reason = nil
        handledVersion = work.call.contentVersion
        written = base
        self.owner = owner
        self.regarding = regarding.row
        touchedRecord = true
    }
}

extension JSONText {
    fileprivate mutating func describe(_ owner: Owner, _ regarding: Regarding, attempt: Int) {
        member("owner_rule", owner.rule.rawValue)
        if let id = owner.systemUserID { member("owner", id.lowercase) }
        switch regarding {
        case .found(let row):
            member("regarding", "\(row.table.rawValue)/\(row.id.lowercase)")
        case .ambiguous(let count): member("regarding_ambiguous", count)
        case .unknown: break
        }
        if attempt > 1 { member("attempt", attempt) }
    }
}
