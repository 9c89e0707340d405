import Foundation
import Model

/// Tells a call's story in plain words.
package struct StoryText {
    private let story: CallStory
    private var call: CallRow { story.call }

    package init(_ story: CallStory) { self.story = story }

    package var lines: [String] {
        head + [""] + section("Legs", legs) + section("Story", story.events.flatMap(event))
            + section("Jobs", story.jobs.flatMap(job))
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [title] + lines.map { "  " + $0 } + [""]
    }

    // What is so now.

    private var head: [String] {
        let title = "Call \(call.callID.lowercase) of tenant \(call.tenant): \(call.state)"
        return [title] + facts.map { "  " + $0.name.padding(toLength: 10, withPad: " ", startingAt: 0) + $0.text }
    }

    /// What is so now, each under its name; what there is nothing to say of is left out.
    package var facts: [(name: String, text: String)] {
        let facts: [(String, String?)] = [
            ("why", call.reasonInWords), ("when", when), ("who", who), ("class", call.privacy), ("odd", odd), ("came by", cameBy),
            ("record", record), ("owner", owner), ("regarding", regarding), ("decided", decided), ("due", due), ("error", error),
        ]
        return facts.compactMap { name, text in text.map { (name, $0) } }
    }

    private var when: String {
        let end = call.endedAt.map { ", ended \(PlainTime.seconds($0))" } ?? ""
        return PlainTime.seconds(call.startedAt) + end + ", \(PlainTime.span(Double(call.talkSeconds))) of talk"
    }

    private var who: String {
        let (from, to) = call.fromTo
        let kind = call.isInternal ? "internal" : call.direction
        let user = call.userName.map { ", user \($0)" } ?? ""
        let queue = call.queueName.map { ", queue \($0)" } ?? ""
        return
            "\(kind), \(call.answered ? "answered" : "not answered"): \(from ?? "no number") to \(to ?? "no number")\(user)\(queue)"
    }

    private var odd: String? {
        call.oddities.isEmpty ? nil : call.oddities.map { $0.replacing("_", with: " ") }.joined(separator: ", ")
    }

    private var cameBy: String {
        let way = call.backfillID.map { "backfill \($0)" } ?? "polling, sweep or webhook"
        return "\(way), first seen \(PlainTime.seconds(call.firstSeenAt))"
    }

    private var record: String? {
        guard let writtenAt = call.writtenAt else { return nil }
        let updated = call.updatedAt.map { ", last changed by the hub \(PlainTime.seconds($0))" } ?? ""
        return "phone call \(call.activityID.lowercase), there since \(PlainTime.seconds(writtenAt))\(updated)"
    }

    private var owner: String? {
        guard call.writtenAt != nil, let rule = call.ownerRuleInWords else { return nil }
        guard let id = call.ownerID else { return rule }
        return "\(call.ownerName ?? id.lowercase): \(rule)"
    }

    private var regarding: String? {
        if let table = call.regardingTable, let id = call.regardingID {
            return RegardingText.words("\(table) \(id.lowercase)", rule: call.matchRule)
        }
        guard call.writtenAt != nil else { return nil }
        return RegardingText.words(nil, rule: call.matchRule) ?? "nobody: no single contact or account has the number"
    }

    private var decided: String? {
        guard let version = call.settingVersion else { return nil }
        guard version > 0 else { return "under the default settings" }
        let changed = story.settings.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        return "under setting version \(version)" + (changed.isEmpty ? "" : ": \(changed)")
    }

    private var due: String? {
        guard ["written", "adopted"].contains(call.state), let written = call.writtenVersion, written < call.contentVersion
        else { return nil }
        return "late data came after the last write: an update is on its way"
    }

    private var error: String? {
        guard call.errorCode != nil || call.errorText != nil else { return nil }
        return [call.errorCode, call.errorText].compactMap(\.self).joined(separator: ": ")
    }

    // What Enreach told.

    /// A line for each leg, in their order.
    package var legs: [String] {
        let legs = (try? CallLeg.read(Array(call.legs.utf8))) ?? []
        return legs.enumerated().map { index, leg in
            let who = leg.source == .queue ? "queue \(leg.queueName ?? "?")" : "user \(leg.userName ?? "?")"
            let start = leg.startedAt.map(PlainTime.seconds) ?? "no time"
            let rang = leg.ringSeconds.map { "rang \($0) s, " } ?? ""
            let talk = leg.answered ? "answered, talked \(leg.seconds ?? 0) s" : "not answered"
            return "\(index + 1)  \(start)  \(who): \(rang)\(talk) (\(leg.privacy.rawValue))"
        }
    }

    // What happened.

    private func event(_ event: StoryEvent) -> [String] {
        let line = "\(PlainTime.milliseconds(event.at))  \(Self.sentence(event))"
        guard let particulars = Self.particulars(event) else { return [line] }
        return [line, String(repeating: " ", count: 29) + particulars]
    }

    /// What happened, and why.
    package static func sentence(_ event: StoryEvent) -> String {
        let kind = TimelineEvent(rawValue: event.event)
        var sentence = kind?.sentence ?? event.event
        if let reason = event.reason {
            sentence +=
                " " + (SkipReason(rawValue: reason)?.sentence ?? StateReason(rawValue: reason)?.sentence ?? "Reason: \(reason).")
        }
        return sentence
    }

    /// Under which settings, by whom, with what; nil when nothing of it was noted.
    package static func particulars(_ event: StoryEvent) -> String? {
        let particulars = [
            event.settingVersion.map { "setting version \($0)" }, event.instance, event.detail.flatMap(StoryDetail.words),
        ].compactMap(\.self)
        return particulars.isEmpty ? nil : particulars.joined(separator: "; ")
    }

    private func job(_ job: StoryJob) -> [String] {
        let attempts = job.maxAttempts.map { "\(job.attempts) of \($0) attempts" } ?? "\(job.attempts) attempts"
        let at = job.at.map { ", \(JobWords.meaningOfTime(job.state)) \(PlainTime.milliseconds($0))" } ?? ""
        let worker = job.worker.map { ", worker \($0)" } ?? ""
        let line =
            "\(job.id)  \(job.kind): \(job.state), \(attempts), enqueued \(PlainTime.milliseconds(job.enqueuedAt))\(at)\(worker)"
        return [line]
            + [job.note.map { "      \($0)" }, job.error.flatMap(StoryDetail.words).map { "      last error: \($0)" }].compactMap(
                \.self)
    }
}
