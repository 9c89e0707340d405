import FoundationEssentials
import Testing

@testable import Model

@Suite struct PeopleMatchingTests {
    static let ann = UUID(uuidString: "00000000-0000-4000-8000-00000000000a")!
    static let bob = UUID(uuidString: "00000000-0000-4000-8000-00000000000b")!
    static let annInDynamics = UUID(uuidString: "10000000-0000-4000-8000-00000000000a")!
    static let bobInDynamics = UUID(uuidString: "10000000-0000-4000-8000-00000000000b")!

    static let enreach = [
        EnreachPerson(id: ann, name: "Ann", email: "ann@demo.example"),
        EnreachPerson(id: bob, name: "Bob", email: "bob@demo.example"),
    ]

    static func user(
        _ id: UUID = annInDynamics, email: String? = "ann@demo.example", enreachEmail: String? = nil,
        has enreachID: String? = nil,
        isDisabled: Bool = false
    ) -> DynamicsUser {
        DynamicsUser(
            id: id, name: "Somebody", email: email, enreachEmail: enreachEmail, enreachID: enreachID, isDisabled: isDisabled)
    }

    static func matching(
        _ users: [DynamicsUser], enreach: [EnreachPerson] = enreach, choices: [UUID: PeopleMatching.Choice] = [:],
        written: [UUID: UUID] = [:]
    ) -> PeopleMatching {
        PeopleMatching(users: users, enreach: enreach, choices: choices, written: written)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let user: DynamicsUser
        var enreach = PeopleMatchingTests.enreach
        var choices: [UUID: PeopleMatching.Choice] = [:]
        var written: [UUID: UUID] = [:]
        let reason: MatchReason
        var id: UUID?
        var write: PeopleMatching.Write?
    }

    static let cases: [Case] = [
        Case(testDescription: "the e-mail matches", user: user(), reason: .byEmail, id: ann, write: .set(ann)),
        Case(
            testDescription: "case and blanks do not count", user: user(email: " ANN@Demo.Example "), reason: .byEmail, id: ann,
            write: .set(ann)),
        Case(
            testDescription: "what stands there already is not written", user: user(has: ann.lowercase), reason: .byEmail, id: ann
        ),
        Case(
            testDescription: "an id in capitals is written anew", user: user(has: ann.uuidString), reason: .byEmail, id: ann,
            write: .set(ann)),
        Case(
            testDescription: "Enreach User Email goes before the e-mail", user: user(enreachEmail: "Bob@demo.example"),
            reason: .byEnreachEmail, id: bob, write: .set(bob)),
        Case(
            testDescription: "Enreach User Email that nobody has does not fall back", user: user(enreachEmail: "x@demo.example"),
            reason: .noEnreachUser),
        Case(
            testDescription: "an empty Enreach User Email is none", user: user(enreachEmail: "  "), reason: .byEmail, id: ann,
            write: .set(ann)),
        Case(testDescription: "no e-mail", user: user(email: nil), reason: .noEmail),
        Case(testDescription: "nobody has the e-mail", user: user(email: "zoe@demo.example"), reason: .noEnreachUser),
        Case(
            testDescription: "the same e-mail twice in Enreach", user: user(),
            enreach: enreach + [EnreachPerson(id: bobInDynamics, name: "Ann too", email: "ann@demo.example")],
            reason: .severalEnreachUsers),
        Case(
            testDescription: "of two with the address, the one that somebody wrote in Dynamics", user: user(has: ann.lowercase),
            enreach: enreach + [EnreachPerson(id: bobInDynamics, name: "Ann too", email: "ann@demo.example")],
            reason: .byStandingID, id: ann),
        Case(
            testDescription: "a disabled user is left empty", user: user(has: ann.lowercase, isDisabled: true), reason: .disabled,
            write: .clear),
        Case(
            testDescription: "the e-mail changed: another id is written", user: user(has: bob.lowercase),
            written: [annInDynamics: bob],
            reason: .byEmail, id: ann, write: .set(ann)),
        Case(
            testDescription: "the e-mail changed to nobody's: the hub's id goes",
            user: user(email: "zoe@demo.example", has: ann.lowercase), written: [annInDynamics: ann], reason: .noEnreachUser,
            write: .clear),
        Case(
            testDescription: "somebody else's id stays where no address says otherwise",
            user: user(email: "zoe@demo.example", has: ann.lowercase), reason: .byStandingID, id: ann),
        Case(
            testDescription: "an id of a user who is gone goes",
            user: user(email: "zoe@demo.example", has: annInDynamics.lowercase), reason: .noEnreachUser, write: .clear),
        Case(
            testDescription: "an id that is none goes", user: user(email: "zoe@demo.example", has: "ann"), reason: .noEnreachUser,
            write: .clear),
        Case(
            testDescription: "a choice by hand wins", user: user(), choices: [annInDynamics: .enreachUser(bob)], reason: .byHand,
            id: bob, write: .set(bob)),
        Case(
            testDescription: "nobody by hand wins", user: user(has: ann.lowercase), choices: [annInDynamics: .nobody],
            reason: .nobodyByHand, write: .clear),
        Case(
            testDescription: "whom an operator chose is gone", user: user(),
            choices: [annInDynamics: .enreachUser(annInDynamics)],
            reason: .chosenIsGone),
    ]

    @Test(arguments: cases) func `a user finds its Enreach user, or says why not`(example: Case) {
        let matching = Self.matching([example.user], enreach: example.enreach, choices: example.choices, written: example.written)
        let match = matching.matches[0]
        #expect(match.reason == example.reason)
        #expect(match.enreachID == example.id)
        #expect(match.write == example.write)
        #expect((match.state == .matched) == (example.id != nil))
    }

    @Test func `an address that two users of Dynamics have matches neither`() {
        let matching = Self.matching([
            Self.user(has: Self.ann.lowercase), Self.user(Self.bobInDynamics, email: "x", enreachEmail: "ann@demo.example"),
        ])
        #expect(matching.matches.map(\.reason) == [.severalDynamicsUsers, .severalDynamicsUsers])
        #expect(matching.matches.map(\.write) == [.clear, nil])
        #expect(matching.counterparts[0].reason == .severalDynamicsUsers)
    }

    @Test func `a choice by hand settles it for both`() {
        let matching = Self.matching(
            [Self.user(), Self.user(Self.bobInDynamics, email: "ann@demo.example")],
            choices: [Self.bobInDynamics: .enreachUser(Self.ann)])
        #expect(matching.matches.map(\.reason) == [.noEnreachUser, .byHand])
        #expect(matching.counterparts[0].systemUserID == Self.bobInDynamics)
    }

    @Test func `a choice of a disabled user keeps nobody from the Enreach user`() {
        let matching = Self.matching(
            [Self.user(), Self.user(Self.bobInDynamics, isDisabled: true)],
            choices: [Self.bobInDynamics: .enreachUser(Self.ann)])
        #expect(matching.matches.map(\.reason) == [.byEmail, .disabled])
    }

    @Test func `an id that two carry is left to a human`() {
        let matching = Self.matching([
            Self.user(email: nil, has: Self.ann.lowercase), Self.user(Self.bobInDynamics, email: nil, has: Self.ann.lowercase),
        ])
        #expect(matching.matches.map(\.reason) == [.idTwice, .idTwice])
        #expect(matching.matches.map(\.write) == [nil, nil])
    }

    @Test func `an id goes from whom it was copied to`() {
        let matching = Self.matching([
            Self.user(has: Self.ann.lowercase), Self.user(Self.bobInDynamics, email: "zoe@demo.example", has: Self.ann.lowercase),
        ])
        #expect(matching.matches.map(\.write) == [nil, .clear])
        #expect(matching.counterparts.map(\.reason) == [.byEmail, .noDynamicsUser])
    }

    @Test func `who can't be found by mobile calls is told`() {
        var user = Self.user()
        #expect(Self.matching([user]).matches[0].lacksMobile)
        user.mobile = PhoneNumber("+358407000001")
        #expect(!Self.matching([user]).matches[0].lacksMobile)
    }

    /// Whatever stands on both sides, nobody is anybody twice, and a second round changes nothing.
    @Test func `it is a matching, and settles at once`() {
        var random = SystemRandomNumberGenerator()
        let addresses: [String?] = [nil, "", "a@x", "A@X", "b@x", "c@x"]
        let ids = (0..<4).map { _ in UUID() }
        for _ in 0..<500 {
            let enreach = ids.prefix(Int.random(in: 0...4, using: &random)).map {
                EnreachPerson(id: $0, name: "", email: addresses.randomElement(using: &random)!)
            }
            var users = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                DynamicsUser(
                    id: UUID(), name: "", email: addresses.randomElement(using: &random)!,
                    enreachEmail: addresses.randomElement(using: &random)!,
                    enreachID: Bool.random(using: &random) ? ids.randomElement(using: &random)!.lowercase : nil,
                    isDisabled: Int.random(in: 0..<5, using: &random) == 0)
            }
            let matching = PeopleMatching(users: users, enreach: Array(enreach))
            let taken = matching.matches.compactMap(\.enreachID)
            #expect(Set(taken).count == taken.count)
            #expect(Set(taken).isSubset(of: enreach.map(\.id)))
            var written: [UUID: UUID] = [:]
            for (place, match) in matching.matches.enumerated() {
                switch match.write {
                case .set(let id)?:
                    users[place].enreachID = id.lowercase
                    written[users[place].id] = id
                case .clear?: users[place].enreachID = nil
                case nil: break
                }
            }
            let again = PeopleMatching(users: users, enreach: Array(enreach), written: written)
            #expect(again.matches.allSatisfy { $0.write == nil })
        }
    }
}
