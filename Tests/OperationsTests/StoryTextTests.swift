import Foundation
import Model
import Testing

@testable import Operations

@Suite struct StoryTextTests {
    static let start = Date(timeIntervalSince1970: 1_772_439_307)  // 2026-03-02 08:15:07 UTC

    static func call(_ change: (inout CallRow) -> Void = { _ in }) -> CallRow {
        let leg = CallLeg(
            source: .user, direction: .inbound, privacy: .work, answered: true, from: "+31612345678", to: "+31201234567",
            startedAt: start, seconds: 200, ringSeconds: 12, userName: "j.doe")
        var call = CallRow(
            tenant: "acme", tenantID: 1, callID: UUID(uuidString: "6F9619FF-8B86-D011-B42D-00C04FC964FF")!, state: "written",
            privacy: "work", direction: "inbound", answered: true, isInternal: false, startedAt: start,
            endedAt: start.addingTimeInterval(212), talkSeconds: 200, ownNumber: "+31201234567", otherNumber: "+31612345678",
            userName: "j.doe", queueName: "Sales", oddities: [], legs: String(decoding: CallLeg.canonical([leg]), as: UTF8.self),
            firstSeenAt: start.addingTimeInterval(220), activityID: UUID(uuidString: "11111111-2222-5333-8444-555555555555")!,
            ownerID: UUID(uuidString: "99999999-2222-4333-8444-555555555555")!, ownerName: "Jane Doe", ownerRule: "enreach_id",
            writtenAt: start.addingTimeInterval(221), settingVersion: 4, contentVersion: 1, writtenVersion: 1)
        change(&call)
        return call
    }

    static func text(
        _ call: CallRow, events: [StoryEvent] = [], jobs: [StoryJob] = [], settings: [SettingStore.Stored] = []
    ) -> String {
        StoryText(CallStory(call: call, events: events, jobs: jobs, settings: settings)).lines.joined(separator: "\n")
    }

    @Test func `a written call tells who, when, which record, whose, and under which settings`() {
        let text = Self.text(Self.call(), settings: [.init(name: "CallDurationLimit", value: "10", version: 4)])
        #expect(
            text.hasPrefix(
                """
                Call 6f9619ff-8b86-d011-b42d-00c04fc964ff of tenant acme: written
                  when      2026-03-02 08:15:07 UTC, ended 2026-03-02 08:18:39 UTC, 3 min 20 s of talk
                  who       inbound, answered: +31612345678 to +31201234567, user j.doe, queue Sales
                  class     work
                  came by   polling, sweep or webhook, first seen 2026-03-02 08:18:47 UTC
                  record    phone call 11111111-2222-5333-8444-555555555555, there since 2026-03-02 08:18:48 UTC
                  owner     Jane Doe: the Dynamics user that carries the Enreach user's id
                  regarding nobody: no single contact or account has the number
                  decided   under setting version 4: CallDurationLimit=10

                Legs
                  1  2026-03-02 08:15:07 UTC  user j.doe: rang 12 s, answered, talked 200 s (work)
                """))
    }

    @Test func `a skipped call says why in words`() {
        let text = Self.text(
            Self.call {
                $0.state = "skipped"
                $0.reason = "too_short"
                $0.writtenAt = nil
            })
        #expect(text.contains("  why       \(SkipReason.tooShort.sentence)"))
        #expect(!text.contains("record"))
    }

    @Test func `a private call has no numbers to tell`() {
        let text = Self.text(
            Self.call {
                $0.privacy = "private"
                $0.ownNumber = nil
                $0.otherNumber = nil
            })
        #expect(text.contains("no number to no number"))
    }

    @Test func `late data and errors are told`() {
        let text = Self.text(
            Self.call {
                $0.contentVersion = 2
                $0.errorCode = "0x80040217"
                $0.errorText = "not found"
            })
        #expect(text.contains("  due       late data came after the last write"))
        #expect(text.contains("  error     0x80040217: not found"))
    }

    @Test func `each event is told in order, with time, reason, settings, instance and particulars`() {
        let events = [
            StoryEvent(
                at: Self.start.addingTimeInterval(0.125), event: "seen", instance: "call-sync on a (pid 7)",
                detail: #"{"source":"poll","events":2}"#),
            StoryEvent(at: Self.start.addingTimeInterval(1), event: "skipped", reason: "too_short", settingVersion: 4),
            StoryEvent(at: Self.start.addingTimeInterval(2), event: "something_new", reason: "of_tomorrow"),
        ]
        let text = Self.text(Self.call(), events: events)
        #expect(
            text.contains(
                """
                Story
                  2026-03-02 08:15:07.125 UTC  \(TimelineEvent.seen.sentence)
                                               call-sync on a (pid 7); events: 2, source: poll
                  2026-03-02 08:15:08.000 UTC  \(TimelineEvent.skipped.sentence) \(SkipReason.tooShort.sentence)
                                               setting version 4
                  2026-03-02 08:15:09.000 UTC  something_new Reason: of_tomorrow.
                """))
    }

    @Test func `jobs are told with attempts and the last error`() {
        let job = StoryJob(
            id: 42, kind: "call.write", state: "retry", attempts: 2, maxAttempts: 20, enqueuedAt: Self.start,
            at: Self.start.addingTimeInterval(60), error: #"{"code":"429","message":"slow down"}"#)
        let text = Self.text(Self.call(), jobs: [job])
        #expect(
            text.contains(
                "  42  call.write: retry, 2 of 20 attempts, enqueued 2026-03-02 08:15:07.000 UTC, due 2026-03-02 08:16:07.000 UTC"
            ))
        #expect(text.contains("last error: code: 429, message: slow down"))
    }

    @Test(arguments: [
        (#"{"b":true,"a":null,"c":[1,"x"],"d":{"e":2.5}}"#, "a: none, b: yes, c: 1 x, d: (e 2.5)"),
        (#"{"kept_fields":["subject"]}"#, "kept fields: subject"), ("not json", "not json"),
    ])
    func `particulars are put in words`(json: String, words: String) {
        #expect(StoryDetail.words(json) == words)
    }

    @Test(arguments: ["{}", "null"]) func `empty particulars say nothing`(json: String) {
        #expect(StoryDetail.words(json) == nil)
    }
}
