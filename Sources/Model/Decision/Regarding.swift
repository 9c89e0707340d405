/// Who the other party is in Dynamics, judged from the rows that carry the number.
public enum Regarding: Sendable, Hashable {
    case found(RowReference)
    /// Several rows carry the number and none comes first: nobody is linked.
    case ambiguous(Int)
    case unknown

    /// One contact, else one account. People come before companies, because a person's number is rarely shared.
    public static func choose(contacts: [RowReference], accounts: [RowReference]) -> Regarding {
        if contacts.count == 1 { return .found(contacts[0]) }
        if contacts.isEmpty, accounts.count == 1 { return .found(accounts[0]) }
        let all = contacts.count + accounts.count
        return all == 0 ? .unknown : .ambiguous(all)
    }

    public var row: RowReference? {
        if case .found(let row) = self { return row }
        return nil
    }
}
