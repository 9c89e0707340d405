import FoundationEssentials
import Testing

@testable import Model

let annInDynamics = UUID(uuidString: "00000000-0000-4000-8000-0000000000aa")!
let bobInDynamics = UUID(uuidString: "00000000-0000-4000-8000-0000000000bb")!
let team = UUID(uuidString: "00000000-0000-4000-8000-0000000000cc")!

let staff = People(
    [
        Person(systemUserID: annInDynamics, enreachUserID: ann, name: "Ann", mobile: PhoneNumber("+358407000001")),
        Person(systemUserID: bobInDynamics, enreachUserID: bob, name: "Bob", isDisabled: true),
    ], ownNumbers: [annsNumber, bobsNumber, "+35893100500"])

@Suite struct DecisionTests {
    private func decide(_ legs: CallLeg..., hasID: Bool = true, change: (inout Settings) -> Void = { _ in }) -> Decision {
        var settings = Settings()
        change(&settings)
        return Decision.make(for: CallFacts(folding: legs, hasID: hasID), settings: settings, people: staff)
    }

    private let written = Decision.write(Owner(systemUserID: annInDynamics, name: "Ann", rule: .enreachID))

    @Test func aWorkCallIsWritten() {
        #expect(decide(leg()) == written)
        #expect(decide(leg(.outbound, from: annsNumber, to: customer)) == written)
    }

    @Test func eachRuleSkipsWithItsReason() {
        #expect(decide(leg(), hasID: false) == .skip(.noID))
        #expect(decide(leg(privacy: .private)) == .skip(.isPrivate))
        #expect(decide(leg(privacy: .undefined)) == .skip(.unclassified))
        #expect(decide(leg(hasTime: false)) == .skip(.noTime))
        #expect(decide(leg(from: bobsNumber)) == .skip(.isInternal))
        #expect(decide(leg(from: "4711")) == .skip(.isInternal))
        #expect(decide(leg(from: "+358407000001")) == .skip(.isInternal))
        #expect(decide(leg(), change: { $0.blockedNumbers = [customer] }) == .skip(.blocked))
        #expect(decide(leg(seconds: 0, answered: false)) == .skip(.missed))
        #expect(decide(leg(.outbound, from: annsNumber, to: customer, seconds: 0, answered: false)) == .skip(.unanswered))
        #expect(decide(leg(seconds: 4)) == .skip(.tooShort))
        #expect(decide(leg(seconds: -30)) == .skip(.tooShort))
    }

    @Test func theLimitItselfIsLongEnough() {
        #expect(decide(leg(seconds: 5)) == written)
        #expect(decide(leg(seconds: 0), change: { $0.callDurationLimit = 0 }) == written)
    }

    @Test func missedCallsCanBeSelected() {
        #expect(decide(leg(seconds: 0, answered: false), change: { $0.syncMissedCalls = true }) == written)
        #expect(decide(leg(seconds: 0, answered: false), change: { $0.syncUnansweredCalls = true }) == .skip(.missed))
        #expect(
            decide(
                leg(.outbound, from: annsNumber, to: customer, seconds: 0, answered: false),
                change: { $0.syncUnansweredCalls = true })
                == written)
    }

    @Test func internalCallsCanBeSelected() {
        #expect(decide(leg(from: bobsNumber), change: { $0.syncInternalCalls = true }) == written)
    }

    @Test(
        "A number nobody can read is no reason to lose the call",
        arguments: ["anonymous", "+", "📞", String(repeating: "4", count: 40), nil])
    func oddNumbers(number: String?) {
        #expect(decide(leg(from: number)) == written)
    }

    @Test func theFirstReasonInOrderIsGiven() {
        #expect(decide(leg(from: bobsNumber, seconds: 0, answered: false, privacy: .private)) == .skip(.isPrivate))
        #expect(decide(leg(from: bobsNumber, seconds: 0, answered: false)) == .skip(.isInternal))
    }

    @Test func codesNeverChange() {
        #expect(
            SkipReason.allCases.map(\.rawValue) == [
                "erased", "no_id", "private", "unclassified", "no_time", "internal", "blocked", "missed", "unanswered",
                "too_short",
            ])
    }
}

@Suite struct OwnerTests {
    private func owner(_ legs: CallLeg..., assignee: String = "", people: People = staff) -> Owner {
        var settings = Settings()
        settings.defaultCrmAssignee = assignee
        return Owner.find(for: CallFacts(folding: legs), settings: settings, people: people)
    }

    @Test func theEnreachUserComesFirst() {
        #expect(owner(leg()).rule == .enreachID)
        #expect(owner(leg()).systemUserID == annInDynamics)
    }

    @Test func aMobileCallFindsItsOwnerByNumber() {
        let found = owner(leg(.outbound, user: nil, from: "+358 40 700 0001", to: customer))
        #expect(found == Owner(systemUserID: annInDynamics, name: "Ann", rule: .mobileNumber))
    }

    @Test func theDefaultIsReadAsEnreachIdFirst() {
        #expect(
            owner(leg(user: team), assignee: ann.uuidString)
                == Owner(systemUserID: annInDynamics, name: "Ann", rule: .defaultEnreachID))
        #expect(
            owner(leg(user: team), assignee: team.uuidString) == Owner(systemUserID: team, name: nil, rule: .defaultSystemUser))
        #expect(owner(leg(user: team), assignee: annInDynamics.lowercase).rule == .defaultSystemUser)
    }

    @Test func aDisabledPersonGetsNothingNew() {
        #expect(owner(leg(user: bob)).rule == .none)
        #expect(
            owner(leg(user: bob), assignee: bob.uuidString).rule == .none
                || owner(leg(user: bob), assignee: bob.uuidString).systemUserID != bobInDynamics)
        #expect(owner(leg(user: bob), assignee: bobInDynamics.uuidString).rule == .none)
    }

    @Test("Without anybody the application user keeps it", arguments: ["", "nobody", "📞"])
    func nobody(assignee: String) {
        #expect(owner(leg(user: team), assignee: assignee) == Owner(systemUserID: nil, name: nil, rule: .none))
    }

    @Test func anIdThatTwoCarryBelongsToNobody() {
        let twins = People(
            [
                Person(systemUserID: annInDynamics, enreachUserID: ann, name: "Ann"),
                Person(systemUserID: team, enreachUserID: ann, name: "Ann, too"),
            ], ownNumbers: [])
        #expect(owner(leg(), people: twins).rule == .none)
    }
}
