import Foundation
import Model

/// Everything the hub knows about one callback request: what `why` tells.
package struct CallbackStory: Sendable {
    package var callback: CallbackRow
    /// Oldest first.
    package var events: [StoryEvent]

    package init(callback: CallbackRow, events: [StoryEvent]) {
        self.callback = callback
        self.events = events
    }

    package var lines: [String] {
        let title = "Callback request \(callback.id.lowercase) of tenant \(callback.tenant): \(callback.state)"
        return StoryLayout.lines(title, facts, events, sentence: Self.sentence)
    }

    /// What is so now, each under its name; nil where there is nothing to say.
    package var facts: [(String, String?)] {
        [
            ("why", callback.reasonInWords), ("who", who), ("when", when), ("came by", way), ("profile", profile),
            ("record", record),
            ("bundle", callback.bundleID.map { "linked to the others of the number by \($0.lowercase)" }),
            ("instead", callback.ignoredFor.map { "the phone call of request \($0.lowercase) stands for it" }),
            ("owner", owner), ("regarding", RegardingText.words(callback.regarding, rule: callback.matchRule)),
            ("in Enreach", inEnreach), ("error", error),
        ]
    }

    private var who: String {
        let called = callback.calledNumber.map { ", had called \($0)" } ?? ""
        return "\(callback.number ?? "no number"), list \(callback.list)\(called)"
    }

    private var when: String {
        let due = callback.dueAt.map { ", due \(PlainTime.seconds($0))" } ?? ""
        return PlainTime.seconds(callback.requestedAt) + due
    }

    private var way: String {
        let ways = [
            callback.toldAt.map { "webhook \(PlainTime.seconds($0))" },
            callback.polledAt.map { "polling \(PlainTime.seconds($0))" },
        ]
        return ways.compactMap(\.self).joined(separator: " and ") + ", first seen \(PlainTime.seconds(callback.firstSeenAt))"
    }

    private var profile: String? {
        callback.profile.map { name in callback.profileVersion.map { "\(name), version \($0)" } ?? name }
    }

    private var record: String? {
        guard let written = callback.writtenAt else { return nil }
        let queue = callback.queue.map { ", in queue \($0)" } ?? ""
        return
            "phone call \(callback.activityID.lowercase), \(callback.recordState ?? "open"), there since \(PlainTime.seconds(written))\(queue)"
    }

    private var owner: String? {
        guard callback.writtenAt != nil, let rule = callback.ownerRuleInWords else { return nil }
        return callback.ownerName.map { "\($0): \(rule)" } ?? rule
    }

    private var inEnreach: String {
        [callback.enreachState, callback.closeInWords].compactMap(\.self).joined(separator: ": ")
    }

    private var error: String? {
        guard callback.errorCode != nil || callback.errorText != nil else { return nil }
        return [callback.errorCode, callback.errorText].compactMap(\.self).joined(separator: ": ")
    }

    private static let sentences: [String: String] = [
        "seen": "The hub saw the request for the first time.", "changed": "Enreach told something new about the request.",
        "skipped": "There is nothing to do.", "ignored": "Another request of the number has a phone call: this one is ignored.",
        "written": "The phone call was made in Dynamics, in its queue.",
        "already_written": "An earlier attempt had made the phone call.",
        "waiting": "It waits.", "closed": "It was closed in Enreach.",
        "closed_elsewhere": "Somebody else had closed it in Enreach.",
        "close_refused": "Enreach refused to close it.", "gone": "Enreach has it no more.",
        "linked": "The phone call was linked to whom the number belongs to.",
        "kept_for_human": "Whom somebody linked it to in Dynamics was left as it is.",
        "record_completed": "The phone call is completed.", "record_cancelled": "The phone call is cancelled.",
        "record_deleted": "The phone call is gone from Dynamics.", "retry": "An attempt failed; it will be repeated.",
        "dead": "The hub gave up.",
    ]

    /// What happened, and why.
    package static func sentence(_ event: StoryEvent) -> String { sentence(event.event, reason: event.reason) }

    package static func sentence(_ event: String, reason: String?) -> String {
        var sentence = sentences[event] ?? event
        if let reason { sentence += " " + (CallbackReason(rawValue: reason)?.sentence ?? "Reason: \(reason).") }
        return sentence
    }

    /// The story for programs; names are stable.
    package var json: OutputValue {
        .object([
            "id": .object([
                "callback": .text(callback.id.lowercase), "tenant": .text(callback.tenant),
                "phone_call": .text(callback.activityID.lowercase), "call": .text(callback.callID?.lowercase),
            ]),
            "state": .text(callback.state), "reason": .text(callback.reason), "why": .text(callback.reasonInWords),
            "list": .text(callback.list), "number": .text(callback.number), "requested_at": .time(callback.requestedAt),
            "due_at": .time(callback.dueAt), "note": .text(callback.note), "first_seen_at": .time(callback.firstSeenAt),
            "polled_at": .time(callback.polledAt), "told_at": .time(callback.toldAt), "profile": .text(callback.profile),
            "profile_version": .integer(callback.profileVersion), "queue": .text(callback.queue),
            "record_state": .text(callback.recordState), "written_at": .time(callback.writtenAt),
            "bundle": .text(callback.bundleID?.lowercase), "ignored_for": .text(callback.ignoredFor?.lowercase),
            "owner_name": .text(callback.ownerName), "owner_rule": .text(callback.ownerRule),
            "regarding": .text(callback.regarding), "match": .text(callback.matchRule),
            "enreach_state": .text(callback.enreachState), "enreach_result": .text(callback.enreachResult),
            "close_state": .text(callback.closeState), "closed_at": .time(callback.closedAt),
            "setting_version": .integer(callback.settingVersion), "error_code": .text(callback.errorCode),
            "error_text": .text(callback.errorText),
            "events": .list(events.map(\.json)),
        ])
    }
}
