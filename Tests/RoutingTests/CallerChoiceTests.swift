import Foundation
import Model
import Testing

@testable import Routing

/// The directory's policy, before anybody knows who will answer.
@Suite struct CallerChoiceTests {
    private static let (a, b, c) = (UUID(), UUID(), UUID())

    private static func candidate(
        _ id: UUID, _ table: RowReference.Table = .contact, _ change: (inout DirectoryCandidate) -> Void = { _ in }
    ) -> Candidate {
        var entry = DirectoryCandidate(RowReference(table, id))
        change(&entry)
        return Candidate(entry)
    }

    private static func choice(
        _ candidates: [Candidate], ruling: CallerChoice.Ruling? = nil, rules: [MatchRule] = MatchRule.allCases
    ) -> CallerChoice {
        CallerChoice.among(candidates, ruling: ruling, policy: MatchPolicy(rules: rules))
    }

    @Test func `one record with several columns is one`() {
        let one = Self.candidate(Self.a)
        #expect(Self.choice([one, Self.candidate(Self.a) { $0.field = "mobilephone" }]) == .one(one))
        #expect(Self.choice([]) == .unknown)
    }

    @Test func `each rule that MatchRules names tells records apart, and one that it leaves out does not`() {
        let plain = Self.candidate(Self.a)
        let cases: [(MatchRule, [Candidate], Candidate)] = [
            (.ownField, [plain, Self.candidate(Self.b) { $0.field = "assistantphone" }], plain),
            (.openActivity, [plain, Self.candidate(Self.b) { $0.isOpen = true }], Self.candidate(Self.b) { $0.isOpen = true }),
            (
                .switchboard, [plain, Self.candidate(Self.b), Self.candidate(Self.c, .account)], Self.candidate(Self.c, .account)
            ),
            (
                .lastInteraction, [plain, Self.candidate(Self.b) { $0.lastInteraction = Date(timeIntervalSince1970: 9) }],
                Self.candidate(Self.b) { $0.lastInteraction = Date(timeIntervalSince1970: 9) }
            ),
            (.contactBeforeAccount, [plain, Self.candidate(Self.b, .account)], plain),
            (.customerBeforeLead, [plain, Self.candidate(Self.b, .lead)], plain),
        ]
        for (rule, candidates, chosen) in cases {
            #expect(Self.choice(candidates, rules: [rule]) == .one(chosen), "\(rule)")
            #expect(Self.choice(candidates, rules: []) == .ambiguous, "\(rule)")
        }
    }

    @Test func `who will answer is not known yet, so whose record it is tells nothing`() {
        let owned = Self.candidate(Self.a) { $0.ownerID = Self.c }
        #expect(Self.choice([owned, Self.candidate(Self.b)], rules: [.ownerIsAgent]) == .ambiguous)
    }

    @Test func `an administrator's word stands above all`() {
        let contacts = [Self.a, Self.b].map { Self.candidate($0) }
        #expect(Self.choice(contacts) == .ambiguous)
        #expect(Self.choice(contacts, ruling: .chosen(contacts[1])) == .one(contacts[1]))
        #expect(Self.choice([], ruling: .chosen(contacts[0])) == .one(contacts[0]))
        #expect(Self.choice(contacts, ruling: .nobody) == .nobody)
    }
}
