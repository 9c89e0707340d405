import Directory
import Foundation
import Model
import Testing

@Suite struct MatchPolicyTests {
    static let number = PhoneNumber("+31205550101")
    static let agent = UUID()
    static let people = People(
        [Person(systemUserID: agent, enreachUserID: UUID(), name: "Ann", mobile: PhoneNumber("+31612345678"))],
        ownNumbers: ["+31208000000"])

    private func contact(_ name: String, _ change: (inout DirectoryCandidate) -> Void = { _ in }) -> DirectoryCandidate {
        candidate(.contact, name, change)
    }

    private func candidate(
        _ table: RowReference.Table, _ name: String, _ change: (inout DirectoryCandidate) -> Void = { _ in }
    ) -> DirectoryCandidate {
        var candidate = DirectoryCandidate(RowReference(table, UUID(), name: name))
        change(&candidate)
        return candidate
    }

    private func match(_ candidates: [DirectoryCandidate], rules: [MatchRule] = MatchRule.allCases) -> DirectoryMatch {
        MatchPolicy(rules: rules).match(Self.number, DirectoryFinding(candidates), agent: Self.agent, people: Self.people)
    }

    private func told(_ candidates: [DirectoryCandidate], rules: [MatchRule] = MatchRule.allCases) -> String {
        let match = match(candidates, rules: rules)
        return (match.row?.name ?? "nobody") + ": " + match.code
    }

    @Test func `the only entry is it, however many of its columns carry the number`() {
        var ann = contact("Ann")
        let first = ann
        ann.field = "mobilephone"
        #expect(told([first, ann]) == "Ann: only_entry")
        #expect(told([]) == "nobody: unknown")
    }

    @Test func `each rule tells entries apart that the ones before it do not`() {
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        let plain = contact("Plain")
        #expect(told([plain, contact("Boss") { $0.field = "assistantphone" }]) == "Plain: own_field")
        #expect(told([plain, contact("Owned") { $0.ownerID = Self.agent }]) == "Owned: owner_is_agent")
        #expect(told([plain, contact("Open") { $0.isOpen = true }]) == "Open: open_activity")
        #expect(told([plain, contact("Other"), candidate(.account, "Acme")]) == "Acme: switchboard")
        #expect(told([contact("Ext") { $0.hasExtension = true }, candidate(.account, "Acme")]) == "Acme: switchboard")
        #expect(
            told([contact("Old") { $0.lastInteraction = now }, contact("New") { $0.lastInteraction = now + 1 }, plain])
                == "New: last_interaction")
        #expect(told([plain, candidate(.account, "Acme")]) == "Plain: contact_before_account")
        #expect(told([candidate(.account, "Acme"), candidate(.lead, "Lead")]) == "Acme: customer_before_lead")
    }

    @Test func `rules narrow one after the other, in the order that is set`() {
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        let mine = contact("Mine") { $0.ownerID = Self.agent }
        let mineLately = contact("Lately") {
            $0.ownerID = Self.agent
            $0.lastInteraction = now
        }
        let newest = contact("Newest") { $0.lastInteraction = now + 1 }
        #expect(told([mine, mineLately, newest]) == "Lately: last_interaction")
        #expect(told([mine, mineLately, newest], rules: [.lastInteraction, .ownerIsAgent]) == "Newest: last_interaction")
        #expect(told([mine, newest], rules: []) == "nobody: ambiguous")
    }

    @Test func `when nothing tells them apart nobody is chosen`() {
        let many = (0..<500).map { contact("C\($0)") }
        #expect(match(many) == .ambiguous(500, isLocalForm: false))
        #expect(told(many + [candidate(.account, "Acme")]) == "Acme: switchboard")
        #expect(told([candidate(.account, "A"), candidate(.account, "B"), contact("C"), contact("D")]) == "nobody: ambiguous")
    }

    @Test func `own and withheld numbers match nobody`() {
        let finding = DirectoryFinding([contact("Ann")])
        func told(_ text: String?) -> String {
            MatchPolicy().match(PhoneNumber(text), finding, agent: nil, people: Self.people).code
        }
        #expect(told("+31208000000") == "own_number")
        #expect(told("+31612345678") == "own_number")
        #expect(told("123") == "own_number")
        #expect(told("anonymous") == "no_number")
        #expect(told(nil) == "no_number")
    }

    @Test func `a decision comes before every rule`() {
        let chosen = RowReference(.account, UUID(), name: "Acme")
        var finding = DirectoryFinding([contact("Ann") { $0.ownerID = Self.agent }], decision: .chosen(chosen))
        let policy = MatchPolicy()
        #expect(policy.match(Self.number, finding, agent: Self.agent, people: .nobody) == .found(chosen, .init(.decided)))
        finding.decision = .nobody
        #expect(policy.match(Self.number, finding, agent: Self.agent, people: .nobody).code == "decided_nobody")
    }

    @Test func `local forms are shown as such`() {
        let finding = DirectoryFinding([contact("Ann")], isLocalForm: true)
        #expect(MatchPolicy().match(Self.number, finding, agent: nil, people: .nobody).code == "local_only_entry")
        for code in ["local_only_entry", "ambiguous", "unknown", "dynamics", "own_number"] {
            #expect(DirectoryMatch.sentence(code: code) != code)
        }
        for rule in MatchRule.allCases { #expect(DirectoryMatch.sentence(code: rule.rawValue) == rule.sentence) }
    }

    @Test func `settings name the rules`() throws {
        var settings = Settings()
        #expect(MatchPolicy(settings).rules == MatchRule.allCases)
        settings.matchRules = ["switchboard", "no such rule", "owner_is_agent"]
        settings.matchSuffixDigits = 0
        #expect(MatchPolicy(settings) == MatchPolicy(rules: [.switchboard, .ownerIsAgent], suffixDigits: 0))
    }
}
