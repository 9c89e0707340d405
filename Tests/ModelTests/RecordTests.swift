import FoundationEssentials
import Testing

@testable import Model

@Suite struct PhoneCallTests {
    private let call = UUID(uuidString: "4b415288-8604-4b6c-b604-e4eaeb90c938")!
    private let annOwns = Owner(systemUserID: annInDynamics, name: "Ann", rule: .enreachID)

    private func compose(
        _ legs: CallLeg..., owner: Owner? = nil, regarding: RowReference? = nil, change: (inout Settings) -> Void = { _ in }
    ) -> PhoneCall {
        var settings = Settings()
        change(&settings)
        return PhoneCall(
            callID: call, facts: CallFacts(folding: legs), owner: owner ?? annOwns, regarding: regarding, settings: settings,
            apiAddress: "https://api.example")
    }

    @Test func anInboundCallOfAContact() {
        let contact = RowReference(.contact, team, name: "Chloé Dupont")
        let record = compose(leg(seconds: 61, queue: "Support", recordings: [bob]), regarding: contact)
        #expect(record.fields[.subject] == .text("Inbound call from Chloé Dupont"))
        #expect(record.fields[.description] == .text("Inbound call, 1:01. Queue: Support. User: Ann."))
        #expect(record.fields[.phoneNumber] == .text(customer))
        #expect(record.fields[.direction] == .bool(false))
        #expect(record.fields[.actualMinutes] == .int(2))
        #expect(record.fields[.durationSeconds] == .int(61))
        #expect(record.fields[.actualStart] == .time(ten))
        #expect(record.fields[.actualEnd] == .time(ten.addingTimeInterval(66)))
        #expect(record.fields[.owner] == .lookup(set: "systemusers", id: annInDynamics))
        #expect(record.fields[.regarding] == .lookup(set: "contacts", id: team))
        #expect(record.fields[.callID] == .text(call.lowercase))
        #expect(record.fields[.recordingURL] == .text("https://api.example/calls/recordings/\(bob.lowercase)"))
        #expect(record.from.row == contact)
        #expect(record.to.row?.id == annInDynamics)
        #expect(record.completedStatus == 4)
    }

    @Test func anOutboundCallOfNobodyKnown() {
        let nobody = Owner(systemUserID: nil, name: nil, rule: .none)
        let record = compose(leg(.outbound, from: annsNumber, to: customer, seconds: 3661), owner: nobody)
        #expect(record.fields[.subject] == .text("Outbound call to \(customer)"))
        #expect(record.fields[.description] == .text("Outbound call, 1:01:01. User: ann@example.com."))
        #expect(record.fields[.owner] == nil)
        #expect(record.from == PhoneCall.Party(name: "ann@example.com", address: annsNumber))
        #expect(record.to == PhoneCall.Party(name: customer, address: customer))
        #expect(record.completedStatus == 2)
    }

    @Test(
        "Odd numbers have words", arguments: [(nil, "withheld number"), ("anonymous", "withheld number"), ("📞", "📞"), ("+", "+")])
    func oddNumbers(number: String?, words: String) {
        let record = compose(leg(from: number))
        #expect(record.fields[.subject] == .text("Inbound call from \(words)"))
        #expect(record.from.name == words)
    }

    @Test func nothingIsLongerThanItsColumn() throws {
        let long = String(repeating: "Ä📞", count: 2000)
        let template = try TextTemplate("{party} {queue} {user}")
        var odd = leg(queue: long, recordings: (0..<200).map { _ in UUID() })
        odd.userName = long
        let record = compose(
            odd, owner: Owner(systemUserID: nil, name: nil, rule: .none), regarding: RowReference(.contact, team, name: long),
            change: {
                $0.subjectTemplate = template; $0.descriptionTemplate = template
            })
        func length(_ field: PhoneCallField) -> Int { record.fields[field]?.comparable.utf16.count ?? 0 }
        #expect((190...200).contains(length(.subject)))
        #expect(length(.description) <= 2000)
        #expect(length(.queueName) <= 200)
        #expect(length(.recordingURL) <= 2000)
        #expect((record.to.name ?? "").utf16.count <= 200)
    }

    @Test func anEmptySubjectIsReplaced() throws {
        let template = try TextTemplate("{queue}")
        #expect(compose(leg(), change: { $0.subjectTemplate = template }).fields[.subject] == .text("Inbound call"))
    }
}

@Suite struct ThreeWayMergeTests {
    private let ours: [PhoneCallField: FieldValue] = [.subject: .text("new")]

    @Test(
        "A field is changed only where nobody else has changed it",
        arguments: [
            // last written, standing, is it sent, is it kept for the human
            ("old", "old", true, false), ("old", "human's", false, true), ("old", "new", false, false),
            ("new", "human's", false, false),
            ("", "", true, false), ("", "human's", false, true),
        ])
    func rules(base: String, theirs: String, isSent: Bool, isKept: Bool) {
        let merge = ThreeWayMerge(base: base.isEmpty ? [:] : [.subject: base], theirs: [.subject: theirs], ours: ours)
        #expect((merge.changes[.subject] != nil) == isSent)
        #expect(merge.keptForHuman.isEmpty != isKept)
    }

    @Test func whatIsSentCountsAsWritten() {
        let merge = ThreeWayMerge(base: [.subject: "old", .queueName: "Q"], theirs: [:], ours: ours)
        #expect(merge.base == [.subject: "new", .queueName: "Q"])
        #expect(ThreeWayMerge(base: merge.base, theirs: [.subject: "new"], ours: ours).changes.isEmpty)
    }

    @Test func whatAHumanChangedStaysTheirs() {
        let merge = ThreeWayMerge(base: [.subject: "old"], theirs: [.subject: "human's"], ours: ours)
        #expect(ThreeWayMerge(base: merge.base, theirs: [.subject: "human's"], ours: [.subject: .text("newer")]).changes.isEmpty)
    }

    @Test func touchedFieldsAreTold() {
        #expect(
            ThreeWayMerge.touched(
                base: [.subject: "a", .queueName: "q"], theirs: [.subject: "b", .queueName: "q", .userID: "u"]) == [.subject])
    }

    @Test func writtenFieldsSurviveBeingStored() throws {
        let fields: [PhoneCallField: FieldValue] = [
            .subject: .text("a \"b\""), .actualStart: .time(ten), .direction: .bool(true), .actualMinutes: .int(3),
            .owner: .lookup(set: "systemusers", id: ann),
        ]
        #expect(try WrittenFields.read(WrittenFields.json(fields)) == fields.mapValues(\.comparable))
    }
}

@Suite struct AdoptionTests {
    private let annOwns = Owner(systemUserID: annInDynamics, name: "Ann", rule: .enreachID)

    private func candidate(
        _ number: String = customer, at seconds: Double = 0, owner: UUID? = annInDynamics, direction: Direction = .inbound
    ) -> AdoptionCandidate {
        AdoptionCandidate(
            activityID: UUID(), number: PhoneNumber(number), direction: direction, ownerID: owner,
            startedAt: ten.addingTimeInterval(seconds))
    }

    private func taken(_ candidates: AdoptionCandidate...) -> AdoptionCandidate? {
        var adoption = Adoption(candidates, margin: 60)
        return adoption.take(facts: facts(leg()), owner: annOwns)
    }

    @Test func theAgentsOwnPhoneCallIsTaken() {
        #expect(taken(candidate("+358 50 123 1234", at: 20)) != nil)
    }

    @Test func theMarginIsExact() {
        #expect(taken(candidate(at: 60)) != nil)
        #expect(taken(candidate(at: -60)) != nil)
        #expect(taken(candidate(at: 61)) == nil)
        #expect(taken(candidate(at: -61)) == nil)
    }

    @Test func othersAreLeftAlone() {
        #expect(taken(candidate("+358501231235")) == nil)
        #expect(taken(candidate(owner: bobInDynamics)) == nil)
        #expect(taken(candidate(owner: nil)) == nil)
        #expect(taken(candidate(direction: .outbound)) == nil)
    }

    @Test func theNearestIsTaken() {
        let near = candidate(at: 5)
        #expect(taken(candidate(at: 30), near, candidate(at: -20)) == near)
    }

    @Test func twoCallsNeverTakeTheSame() {
        var adoption = Adoption([candidate()], margin: 60)
        #expect(adoption.take(facts: facts(leg()), owner: annOwns) != nil)
        #expect(adoption.take(facts: facts(leg(at: 10)), owner: annOwns) == nil)
    }

    @Test func withheldNumbersAreNeverTheSame() {
        var adoption = Adoption([candidate("anonymous")], margin: 60)
        #expect(adoption.take(facts: facts(leg(from: "anonymous")), owner: annOwns) == nil)
    }
}

@Suite struct RegardingTests {
    private let contact = RowReference(.contact, ann)
    private let account = RowReference(.account, bob)

    @Test func oneContactElseOneAccount() {
        #expect(Regarding.choose(contacts: [contact], accounts: [account]) == .found(contact))
        #expect(Regarding.choose(contacts: [], accounts: [account]) == .found(account))
        #expect(Regarding.choose(contacts: [contact, contact], accounts: [account]) == .ambiguous(3))
        #expect(Regarding.choose(contacts: [], accounts: [account, account]) == .ambiguous(2))
        #expect(Regarding.choose(contacts: [], accounts: []) == .unknown)
    }
}
