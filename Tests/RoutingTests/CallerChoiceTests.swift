import Foundation
import Testing

@testable import Routing

@Suite struct CallerChoiceTests {
    private static let (a, b, c) = (UUID(), UUID(), UUID())

    @Test func `one record with several columns is one`() {
        let one = Candidate(entry: Self.a, kind: .contact)
        #expect(CallerChoice.among([one, one]) == .one(one))
    }

    @Test func `a switchboard is the account's`() {
        let account = Candidate(entry: Self.a, kind: .account)
        let people = [Self.b, Self.c].map { Candidate(entry: $0, kind: .contact, account: Self.a) }
        #expect(CallerChoice.among(people + [account]) == .one(account))
        #expect(CallerChoice.among([account, Candidate(entry: Self.b, kind: .contact, account: Self.c)]) == .ambiguous)
    }

    @Test func `a customer who is a lead, too, is the customer`() {
        let contact = Candidate(entry: Self.a, kind: .contact)
        #expect(CallerChoice.among([Candidate(entry: Self.b, kind: .lead), contact]) == .one(contact))
    }

    @Test func `an administrator's word stands above all, while the record carries the number`() {
        let contacts = [Self.a, Self.b].map { Candidate(entry: $0, kind: .contact) }
        #expect(CallerChoice.among(contacts) == .ambiguous)
        #expect(CallerChoice.among(contacts, ruling: .entry(Self.b)) == .one(contacts[1]))
        #expect(CallerChoice.among(contacts, ruling: .nobody) == .nobody)
        #expect(CallerChoice.among(contacts, ruling: .entry(Self.c)) == .ambiguous)
    }
}
