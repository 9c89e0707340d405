import Foundation
import Testing

@testable import Model

@Suite("Callback rules")
struct CallbackRuleTests {
    static let list = UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000001")!
    static let otherList = UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000002")!
    static let queue = UUID(uuidString: "bbbbbbbb-0000-4000-8000-000000000001")!
    static let start = Date(timeIntervalSince1970: 1_700_000_000)

    static func profile(_ name: String = "Support", list: UUID? = list, madeAt: Double = 0) -> CallbackProfile {
        CallbackProfile(
            id: PhoneCallID.number(name, tenant: "t"), name: name, listID: list, queueID: queue, madeAt: start + madeAt)
    }

    static func facts(
        _ number: String? = "+358501111111", list: UUID = list, stage: CallbackFacts.Stage = .open, result: String? = nil
    ) -> CallbackFacts {
        CallbackFacts(id: UUID(), listID: list, number: PhoneNumber(number), requestedAt: start, stage: stage, result: result)
    }

    static func open(list: UUID = list, bundle: UUID? = nil, at: Double = 0) -> OpenCallback {
        OpenCallback(id: UUID(), activityID: UUID(), listID: list, bundleID: bundle, requestedAt: start + at)
    }

    // MARK: Profiles

    @Test("What is wrong with a profile is said with its remedy")
    func problems() {
        var noList = Self.profile()
        noList.listID = nil
        var noQueue = Self.profile()
        noQueue.queueID = nil
        var noAge = Self.profile()
        noAge.age = nil
        var minute = Self.profile()
        (minute.age, minute.ageUnit) = (1, .minutes)
        var webhook = noAge
        webhook.method = .webhook
        var unreadable = Self.profile()
        unreadable.read("sometimes", "method", into: \.method)
        #expect(Self.profile().problem == nil)
        #expect(noList.problem == .noList)
        #expect(noQueue.problem == .noQueue)
        #expect(noAge.problem == .noAge)
        #expect(minute.problem == .ageOutOfRange)
        #expect(webhook.problem == nil)
        #expect(unreadable.problem?.sentence == "method: say one of polling, webhook, webhook_with_polling")
    }

    @Test("A choice is read by its code and by its label")
    func choices() {
        var profile = Self.profile()
        profile.read("Owner of Queue", "ownership", into: \.ownership)
        profile.read("ignore", "duplicates", into: \.duplicates)
        #expect(profile.ownership == .queueOwner && profile.duplicates == .ignore && profile.unreadable.isEmpty)
    }

    @Test("Of two profiles that claim one list the older holds it, unless it is switched off or in trouble")
    func claims() {
        let (old, new) = (Self.profile("Old"), Self.profile("New", madeAt: 60))
        let both = CallbackProfiles([new, old])
        #expect(both.profile(list: Self.list) == old)
        #expect(both.problems == [new.id: .listClaimed(by: "Old")])
        var off = old
        off.isEnabled = false
        #expect(CallbackProfiles([off, new]).profile(list: Self.list) == new)
        var broken = old
        broken.queueID = nil
        let rest = CallbackProfiles([broken, new])
        #expect(rest.profile(list: Self.list) == new && rest.problems == [old.id: .noQueue])
    }

    // MARK: Decisions

    @Test("A request without others of its number is written alone")
    func alone() {
        let decision = CallbackDecision.make(
            for: Self.facts(), profiles: CallbackProfiles([Self.profile()]), endings: .standard, open: [])
        #expect(decision == .write(nil))
    }

    @Test("A list of nobody, and what was over before, is skipped")
    func skipped() {
        let profiles = CallbackProfiles([Self.profile()])
        #expect(
            CallbackDecision.make(for: Self.facts(list: Self.otherList), profiles: profiles, endings: .standard, open: [])
                == .skip(.noProfile))
        #expect(
            CallbackDecision.make(
                for: Self.facts(stage: .closed, result: "Busy"), profiles: profiles, endings: .standard, open: [])
                == .skip(.closedBefore))
        #expect(
            CallbackDecision.make(
                for: Self.facts(stage: .closed, result: "Expired"), profiles: profiles, endings: .standard, open: [])
                == .skip(.expiredBefore))
    }

    @Test("Further requests of a list are ignored for the oldest that is open, those of other lists are not")
    func ignored() {
        var profile = Self.profile()
        profile.duplicates = .ignore
        let profiles = CallbackProfiles([profile])
        let (first, second, other) = (Self.open(at: 1), Self.open(at: 2), Self.open(list: Self.otherList))
        #expect(
            CallbackDecision.make(for: Self.facts(), profiles: profiles, endings: .standard, open: [second, first, other])
                == .ignore(for: first.id))
        #expect(CallbackDecision.make(for: Self.facts(), profiles: profiles, endings: .standard, open: [other]) == .write(nil))
    }

    @Test("Bundled requests share the first one's link; whoever has it not yet gets it")
    func bundled() {
        let profiles = CallbackProfiles([Self.profile()])
        let (first, second) = (Self.open(at: 1), Self.open(at: 2))
        #expect(
            CallbackDecision.make(for: Self.facts(), profiles: profiles, endings: .standard, open: [second, first])
                == .write(CallbackBundle(id: first.activityID, unlinked: [first, second])))
        let linked = Self.open(bundle: first.activityID, at: 3)
        #expect(
            CallbackDecision.make(for: Self.facts(), profiles: profiles, endings: .standard, open: [linked])
                == .write(CallbackBundle(id: first.activityID, unlinked: [])))
    }

    @Test("Withheld and unreadable numbers have nothing to do with each other", arguments: [nil, "", "anonymous", "☎️"])
    func withoutNumber(_ number: String?) {
        var profile = Self.profile()
        profile.duplicates = .ignore
        let decision = CallbackDecision.make(
            for: Self.facts(number), profiles: CallbackProfiles([profile]), endings: .standard, open: [Self.open()])
        #expect(decision == .write(nil))
    }

    @Test("One number is one number however it is written")
    func numbers() {
        #expect(Self.facts("+358 (0)50 111 1111").callableNumber == Self.facts("00358501111111").callableNumber)
        #expect(Self.facts("050-111 1111").callableNumber == "0501111111")
        #expect(Self.facts("anonymous").callableNumber == nil)
    }

    // MARK: Owners

    @Test("Owners by rule, and who stands in for an owner who can't")
    func owners() {
        let (owner, fallback) = (UUID(), UUID())
        var profile = Self.profile()
        var settings = Settings()
        let people = People([Person(systemUserID: fallback, enreachUserID: nil, name: "Front Desk")], ownNumbers: [])
        func find(_ queue: CallbackQueue?) -> CallbackOwner {
            CallbackOwner.find(profile, queue: queue, settings: settings, people: people)
        }
        let well = CallbackQueue(name: "q", ownerID: owner, ownerTable: .team)
        let disabled = CallbackQueue(name: "q", ownerID: owner, ownerIsDisabled: true)
        #expect(find(well) == CallbackOwner(id: nil, rule: .apiUser))
        profile.ownership = .queueOwner
        #expect(find(well) == CallbackOwner(id: owner, table: .team, rule: .queueOwner))
        #expect(find(disabled) == CallbackOwner(id: nil, rule: .queueOwnerDisabled))
        settings.defaultCrmAssignee = fallback.uuidString
        #expect(find(disabled) == CallbackOwner(id: fallback, rule: .queueOwnerDisabled))
        #expect(find(CallbackQueue(name: "q", ownerID: nil)) == CallbackOwner(id: fallback, rule: .queueWithoutOwner))
    }

    // MARK: Following

    @Test(
        "Who follows whom",
        arguments: [
            (
                CallbackModel.simple, CallbackState.written, RecordState.open, CallbackFacts.Stage.open,
                CallbackFollow.close(successfully: false)
            ),
            (.simple, .written, .open, .closed, .nothing),
            (.simple, .ignored, .open, .open, .close(successfully: false)),
            (.simple, .pending, .open, .open, .nothing),
            (.twoWay, .written, .open, .open, .nothing),
            (.twoWay, .written, .open, .closed, .endRecord),
            (.twoWay, .written, .completed, .open, .close(successfully: true)),
            (.twoWay, .written, .cancelled, .allocated, .close(successfully: false)),
            (.twoWay, .written, .deleted, .open, .close(successfully: false)),
            (.twoWay, .written, .completed, .closed, .nothing),
            (.twoWay, .ignored, .open, .open, .close(successfully: false)),
            (.twoWay, .skipped, .open, .closed, .nothing),
        ])
    func follow(
        _ model: CallbackModel, _ state: CallbackState, _ record: RecordState, _ stage: CallbackFacts.Stage,
        _ expected: CallbackFollow
    ) {
        #expect(CallbackFollow.make(model: model, state: state, record: record, stage: stage) == expected)
    }

    @Test("How a request ended is told by the words that are configured, whatever their case")
    func endings() {
        let own = CallbackEndings(success: "Done", expiry: "TimedOut")
        for (endings, success, expiry) in [
            (CallbackEndings.standard, "closedSuccessfully", "EXPIRED"), (own, "done", "timedout"),
        ] {
            #expect(endings.isSuccess(success) && !endings.isExpiry(success))
            #expect(endings.isExpiry(expiry) && !endings.isSuccess(expiry))
            #expect(!endings.isSuccess(nil) && !endings.isExpiry(nil) && !endings.isSuccess("Busy"))
        }
        #expect(!own.isSuccess("ClosedSuccessfully") && !own.isExpiry("Expired"))
        let decision = CallbackDecision.make(
            for: Self.facts(stage: .closed, result: "TimedOut"), profiles: CallbackProfiles([Self.profile()]), endings: own,
            open: [])
        #expect(decision == .skip(.expiredBefore))
    }

    // MARK: The record

    @Test("The phone call says who wants what, under the profile's subject or the global one")
    func phoneCall() {
        var profile = Self.profile()
        var facts = Self.facts()
        facts.note = "  after lunch 🥪 "
        facts.queueName = "Orders"
        let owner = CallbackOwner(id: UUID(), rule: .queueOwner)
        func call() -> CallbackPhoneCall {
            CallbackPhoneCall(
                activityID: UUID(), facts: facts, profile: profile, queue: nil, owner: owner, regarding: nil, bundleID: nil,
                settings: Settings(), apiAddress: "https://api")
        }
        #expect(call().subject == "Callback request from +358501111111")
        #expect(call().description == "Callback request of 2023-11-14T22:13:20Z. Queue: Orders.\nafter lunch 🥪")
        #expect(call().to.address == "+358501111111" && call().from.row?.id == owner.id)
        profile.subject = "Call {number} back"
        #expect(call().subject == "Call +358501111111 back")
        profile.subject = "Call {nobody} back"
        #expect(call().subject == "Call {nobody} back")
        facts.number = PhoneNumber("anonymous")
        profile.subject = ""
        #expect(call().subject == "Callback request from withheld number" && call().to.address == nil)
    }

    @Test("The same content has the same hash; a change of state has another")
    func hash() {
        var facts = Self.facts()
        let before = facts.contentHash
        facts.requestedAt += 5
        #expect(facts.contentHash == before)
        facts.stage = .closed
        #expect(facts.contentHash != before)
    }
}
