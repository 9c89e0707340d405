import FoundationEssentials
import Testing

@testable import Model

@Suite struct CallFactsTests {
    @Test func oneLegIsTheCall() {
        let call = facts(leg(recordings: [bob]))
        #expect(call.direction == .inbound)
        #expect(call.other.e164 == customer)
        #expect(call.own.e164 == annsNumber)
        #expect(call.talkSeconds == 60)
        #expect(call.startedAt == ten)
        #expect(call.endedAt == ten.addingTimeInterval(65))
        #expect(call.userID == ann)
        #expect(call.recordingIDs == [bob])
        #expect(call.oddities.isEmpty)
    }

    @Test func aTransferIsOneCallOfWhoTalkedLongest() {
        let call = facts(leg(seconds: 20), leg(user: bob, to: bobsNumber, at: 25, seconds: 200, ring: 5))
        #expect(call.talkSeconds == 220)
        #expect(call.userID == bob)
        #expect(call.startedAt == ten)
        #expect(call.own.e164 == annsNumber)
    }

    @Test func ofEqualTalksTheLastOwns() {
        #expect(facts(leg(seconds: 30), leg(user: bob, at: 40, seconds: 30)).userID == bob)
    }

    @Test func simultaneousLegsCountOnce() {
        #expect(facts(leg(seconds: 60, ring: 0), leg(user: bob, at: 30, seconds: 60, ring: 0)).talkSeconds == 90)
    }

    @Test func aQueuesLegNamesTheQueueButDoesNotAddTalk() {
        let call = facts(leg(seconds: 60), leg(to: "+35893100500", seconds: 66, ring: 10, source: .queue, queue: "Support"))
        #expect(call.queueName == "Support")
        #expect(call.talkSeconds == 60)
        #expect(call.userID == ann)
    }

    @Test func aQueuesLegAloneIsACall() {
        let call = facts(leg(user: nil, to: "+35893100500", seconds: 0, answered: false, source: .queue, queue: "Support"))
        #expect(call.privacy == .work)
        #expect(!call.answered)
        #expect(call.userID == nil)
    }

    @Test func aMissedCallBelongsToTheOnlyOneItRangAt() {
        #expect(facts(leg(seconds: 0, answered: false)).userID == ann)
        #expect(facts(leg(seconds: 0, answered: false), leg(user: bob, seconds: 0, answered: false)).userID == nil)
    }

    @Test(
        "The most private leg decides",
        arguments: [
            ([Privacy.work], Privacy.work), ([.work, .private], .private), ([.work, .undefined], .undefined),
            ([.undefined], .undefined),
            ([.private, .undefined], .private), ([], .undefined),
        ])
    func privacy(legs: [Privacy], whole: Privacy) {
        let all = legs.enumerated().map { leg(at: Double($0.offset), privacy: $0.element) }
        #expect(CallFacts(folding: all).privacy == whole)
    }

    @Test func aQueuesCallIsWorkUnlessItIsPrivate() {
        let queue = leg(user: nil, source: .queue, queue: "Support")
        #expect(facts(leg(privacy: .undefined), queue).privacy == .work)
        #expect(facts(leg(privacy: .private), queue).privacy == .private)
    }

    @Test func outboundTurnsTheSides() {
        let call = facts(leg(.outbound, from: annsNumber, to: customer))
        #expect(call.other.e164 == customer)
        #expect(call.own.e164 == annsNumber)
    }

    @Test func badDataIsNamedAndHandled() {
        #expect(facts(leg(seconds: -30)).oddities == [.negativeDuration])
        #expect(facts(leg(seconds: -30)).talkSeconds == 0)
        #expect(facts(leg(seconds: 10_000_000)).oddities == [.endlessDuration])
        #expect(facts(leg(seconds: .max, ring: .max)).oddities == [.endlessDuration])
        #expect(facts(leg(seconds: .min, ring: .min)).talkSeconds == 0)
        #expect(facts(leg(hasTime: false)).oddities == [.noTime])
        #expect(facts(leg(hasTime: false)).startedAt == nil)
        #expect(facts(leg(from: "📞")).oddities == [.unreadableNumber])
        #expect(CallFacts(folding: [leg()], hasID: false).oddities == [.noID])
        #expect(CallFacts(folding: []).oddities == [.noTime])
        var backwards = leg()
        backwards.endedAt = ten.addingTimeInterval(-10)
        #expect(facts(backwards).oddities == [.endBeforeStart])
        #expect(facts(backwards).endedAt == ten)
    }
}

@Suite struct CallLegTests {
    @Test func theOrderOfArrivalDoesNotMatter() {
        let legs = [leg(seconds: 20), leg(user: bob, at: 25, seconds: 200), leg(user: nil, source: .queue, queue: "Support")]
        let whole = CallLeg.canonical(CallLeg.merge(known: [], received: legs))
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
            var merged: [CallLeg] = []
            for index in order { merged = CallLeg.merge(known: merged, received: [legs[index]]) }
            #expect(CallLeg.canonical(merged) == whole)
        }
    }

    @Test func theNewerVersionOfALegWins() {
        let old = leg(seconds: 20, modified: 100)
        let new = leg(seconds: 30, modified: 200)
        #expect(CallLeg.merge(known: [old], received: [new]) == [new])
        #expect(CallLeg.merge(known: [new], received: [old]) == [new])
        #expect(CallLeg.merge(known: [], received: [new, old]) == [new])
    }

    @Test func theSameTwiceChangesNothing() {
        let known = CallLeg.merge(known: [], received: [leg(), leg(user: bob, at: 9)])
        #expect(CallLeg.merge(known: known, received: known + known) == known)
    }

    @Test func legsSurviveBeingStored() throws {
        var full = leg(queue: "Orders 📦 \"x\"", recordings: [ann, bob])
        full.endedAt = ten.addingTimeInterval(70.123)
        full.queueID = bob
        full.transcriptIDs = [bob]
        full.callType = "DirectCall"
        let bare = CallLeg(source: .queue, direction: .outbound, privacy: .undefined, answered: false)
        let stored = CallLeg.canonical([full, bare])
        #expect(CallLeg.canonical(try CallLeg.read(stored)) == stored)
        #expect(CallLeg.contentHash(CallLeg.canonical([full])) != CallLeg.contentHash(CallLeg.canonical([bare])))
    }

    @Test func aPrivateLegKeepsNoNumbers() {
        let kept = leg(recordings: [bob]).withoutNumbers
        #expect(kept.from == nil && kept.to == nil && kept.recordingIDs.isEmpty)
        #expect(facts(leg()).withoutNumbers.other == .withheld)
    }
}
