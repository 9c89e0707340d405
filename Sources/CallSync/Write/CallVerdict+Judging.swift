import Directory
import Dynamics
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

extension CallVerdict {
    /// The call needs nothing.
    static func left(_ work: CallWork) -> CallVerdict {
        // What else is due is another job's to note.
        if work.isRelating { return CallVerdict(result: nil, outcome: .done(note: "nothing to link")) }
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
    static func written(_ work: CallWork, _ call: PhoneCall, owner: Owner, party: OtherParty, now: Date) -> CallVerdict {
        var result = CallResult(work.call)
        result.finish(.written, work, base: WrittenFields.json(call.fields), owner: owner, party: party, now: now)
        result.story = [
            TimelineRow(work.call.id, .written) { json in
                json.member("activity", work.call.activityID.lowercase)
                json.describe(owner, party, attempt: work.job.attempt)
            }
        ]
        return CallVerdict(result: result, outcome: .done(), answered: true)
    }

    /// A standing record was taken over or brought up to date.
    static func merged(
        _ work: CallWork, _ merge: ThreeWayMerge, _ standing: StandingPhoneCall, isAdopted: Bool, isEarlierAttempt: Bool,
        owner: Owner, party: OtherParty, changed: Bool, now: Date
    ) -> CallVerdict {
        var result = CallResult(work.call)
        let isFirst = !work.call.state.hasRecord
        // A record that was left standing once holds what a human wrote: like an adopted one it is never deleted.
        let state: CallState = isFirst ? (isAdopted || work.call.wasMarked ? .adopted : .written) : work.call.state
        result.activityID = standing.id
        // Whom a human linked it to is not what the hub found.
        let isKept = merge.keptForHuman.contains(.regarding)
        result.finish(
            state, work, base: WrittenFields.json(merge.base), owner: owner, party: isKept ? nil : party, now: now)
        result.touchedRecord = changed
        let event: TimelineEvent =
            isFirst ? (isAdopted ? .adopted : isEarlierAttempt ? .alreadyWritten : .written) : changed ? .updated : .unchanged
        result.story = [
            TimelineRow(work.call.id, event) { json in
                json.member("activity", standing.id.lowercase)
                if isFirst { json.describe(owner, party, attempt: work.job.attempt) }
                if !isFirst, merge.changes[.regarding] != nil { party.describe(in: &json) }
                if !merge.changes.isEmpty { json.member("fields", merge.changes.keys.sorted().map(\.rawValue)) }
            }
        ]
        if !isFirst { result.figure = changed ? .updated : nil }
        if !isAdopted, !merge.keptForHuman.isEmpty {
            result.story.append(
                TimelineRow(work.call.id, .keptForHuman) { $0.member("fields", merge.keptForHuman.map(\.rawValue)) })
        }
        return CallVerdict(result: result, outcome: .done(), answered: true)
    }

    /// Somebody deleted the record: the hub stops.
    static func deletedByHuman(_ work: CallWork) -> CallVerdict {
        var result = CallResult(work.call)
        result.reason = StateReason.deletedByHuman.rawValue
        result.handledVersion = work.call.contentVersion
        result.story = [TimelineRow(work.call.id, .deletedByHuman)]
        return CallVerdict(result: result, outcome: .done(note: StateReason.deletedByHuman.rawValue), answered: true)
    }

    /// - Parameter record: the record that was left standing, where it may be another than the call's own.
    static func withdrawn(
        _ work: CallWork, _ reason: StateReason, _ record: UUID? = nil, touched: [PhoneCallField] = []
    ) -> CallVerdict {
        var result = CallResult(work.call)
        result.activityID = record ?? result.activityID
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
        return CallVerdict(result: result, outcome: .done(note: reason.rawValue), answered: true)
    }
}

extension CallResult {
    fileprivate mutating func finish(
        _ state: CallState, _ work: CallWork, base: [UInt8], owner: Owner, party: OtherParty?, now: Date
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
        if let party { take(party, work) }
        touchedRecord = true
    }
}

extension CallResult {
    /// Whom the call is with, and what that says of the directory.
    fileprivate mutating func take(_ party: OtherParty, _ work: CallWork) {
        let start = work.call.facts.startedAt ?? Date(timeIntervalSince1970: 0)
        regarding = party.regarding.row
        matchRule = party.rule
        if let row = party.regarding.row, party.tellsInteraction { spokeWith = (row.id, start) }
        if case .ambiguous(let count) = party.regarding, let number = work.call.facts.other.e164, !work.call.state.hasRecord {
            ambiguity = (number, count, start)
        }
    }
}

extension JSONText {
    fileprivate mutating func describe(_ owner: Owner, _ party: OtherParty, attempt: Int) {
        member("owner_rule", owner.rule.rawValue)
        if let id = owner.systemUserID { member("owner", id.lowercase) }
        party.describe(in: &self)
        if attempt > 1 { member("attempt", attempt) }
    }
}

extension CallVerdict {
    /// The record of a call to be taken back is gone: by an earlier attempt whose answer was lost, or else by a human's hand.
    static func gone(_ work: CallWork) -> CallVerdict {
        let mayBeOurs = work.call.state != .adopted && (work.job.attempt > 1 || work.call.errorCode != nil)
        return withdrawn(work, mayBeOurs ? .withdrawnDeleted : .withdrawnGone)
    }
}
