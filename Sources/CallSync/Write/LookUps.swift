import Dynamics
import FoundationEssentials
import Model
import Tenants

/// What the batch has to ask Dynamics before it writes: one read for all new calls together, and one for each record that stands already.
struct LookUps: Sendable {
    let operations: [BatchOperation]
    private let parts: [PartName]

    enum PartName: Sendable {
        case standing
        case candidates, contacts, accounts
        /// Records that carry the ids of calls.
        case ofCalls
    }

    /// - Parameters:
    ///   - creates: calls that may need a new record, for which one to adopt is looked for.
    ///   - named: calls whose other party is looked up.
    ///   - standing: ids of records to be read.
    ///   - sought: calls that may have adopted a record without the hub's knowing which.
    ///   - asksParties: false when the directory knows who carries a number.
    init(
        creates: [StoredCall], named: [StoredCall], standing: [UUID], sought: [StoredCall] = [], settings: Settings,
        people: People, asksParties: Bool
    ) {
        var operations: [BatchOperation] = []
        var parts: [PartName] = []
        func ask(_ part: PartName, _ query: ODataQuery) {
            operations.append(.get(query))
            parts.append(part)
        }
        for id in standing {
            ask(.standing, ODataQuery("phonecalls(\(id.lowercase))", select: StandingPhoneCall.select(settings.columns)))
        }
        if !sought.isEmpty, !settings.columns.callID.isEmpty {
            let filter = ODataFilter.in(settings.columns.callID, sought.map(\.id.lowercase))
            ask(.ofCalls, ODataQuery("phonecalls", select: StandingPhoneCall.select(settings.columns), filter: filter))
        }
        if let filter = Self.candidateFilter(creates, settings) {
            ask(.candidates, ODataQuery("phonecalls", select: StandingPhoneCall.select(settings.columns), filter: filter))
        }
        let numbers = asksParties ? Self.numbers(named, people) : []
        if !numbers.isEmpty {
            if let filter = Self.numberFilter(settings.contactNumberColumns, numbers) {
                ask(
                    .contacts,
                    ODataQuery("contacts", select: ["contactid", "fullname"] + settings.contactNumberColumns, filter: filter))
            }
            if let filter = Self.numberFilter(settings.accountNumberColumns, numbers) {
                ask(
                    .accounts,
                    ODataQuery("accounts", select: ["accountid", "name"] + settings.accountNumberColumns, filter: filter))
            }
        }
        self.operations = operations
        self.parts = parts
    }

    /// Phone calls with one of the numbers that started at about the time of one of the calls.
    private static func candidateFilter(_ calls: [StoredCall], _ settings: Settings) -> ODataFilter? {
        let starts = calls.compactMap(\.facts.startedAt)
        let numbers = Set(calls.flatMap { [$0.facts.other.e164, $0.facts.other.raw] }.compactMap(\.self)).filter(isAskable)
        guard let first = starts.min(), let last = starts.max(), !numbers.isEmpty else { return nil }
        let from = first.addingTimeInterval(-Double(settings.callStartMargin) - 1)
        let to = last.addingTimeInterval(Double(settings.callStartMargin) + 1)
        func within(_ column: String) -> ODataFilter {
            .greaterOrEqual(column, .date(from)) && .lessOrEqual(column, .date(to))
        }
        return .in("phonenumber", numbers.sorted()) && (within("actualstart") || within("scheduledstart"))
    }

    /// Whether a number as received may stand in a query: words, quotes and pictographs are nobody's number, and must not spoil the
    /// question that is asked for the whole batch.
    static func isAskable(_ number: String) -> Bool {
        number.utf8.count <= 50 && number.utf8.contains { (0x30...0x39).contains($0) }
            && number.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-./() ".utf8.contains($0) }
    }

    private static func numbers(_ calls: [StoredCall], _ people: People) -> [String] {
        Set(calls.lazy.filter { !people.isOwn($0.facts.other) }.compactMap(\.facts.other.e164)).sorted()
    }

    private static func numberFilter(_ columns: [String], _ numbers: [String]) -> ODataFilter? {
        columns.isEmpty ? nil : .equal("statecode", .int(0)) && .any(of: columns.map { .in($0, numbers) })
    }
}

/// What Dynamics answered.
struct LookUpAnswers: Sendable {
    /// By record id. `success(nil)`: there is no such record.
    var standing: [UUID: Result<StandingPhoneCall?, LookUpFailure>] = [:]
    var candidates: [StandingPhoneCall] = []
    /// By call: the records that carry the ids of calls sought.
    var ofCalls: [UUID: StandingPhoneCall] = [:]
    /// Who carries a number, by E.164.
    var contacts: [String: [RowReference]] = [:]
    var accounts: [String: [RowReference]] = [:]
    /// Set when what all new calls need could not be read.
    var failure: LookUpFailure?
}

/// A read that failed, as the outcome it had.
struct LookUpFailure: Error, Sendable {
    let outcome: DynamicsOutcome
}

extension LookUps {
    func read(_ results: [OperationResult], standing ids: [UUID], settings: Settings) -> LookUpAnswers {
        var answers = LookUpAnswers()
        var next = ids.makeIterator()
        for (part, result) in zip(parts, results) {
            switch part {
            case .standing:
                guard let id = next.next() else { continue }
                answers.standing[id] = Self.standing(result, id, settings)
            case .candidates, .contacts, .accounts, .ofCalls:
                guard result.outcome == .success, let page = ODataPage(json: result.body) else {
                    answers.failure = LookUpFailure(outcome: Self.readable(result.outcome))
                    continue
                }
                answers.take(page.rows, part, settings)
            }
        }
        return answers
    }

    /// Only Dynamics' own word for this record says that it is gone: a gateway says 404 too.
    static func standing(
        _ result: OperationResult, _ id: UUID, _ settings: Settings
    ) -> Result<StandingPhoneCall?, LookUpFailure> {
        if case .missingReference(let fault) = result.outcome,
            (fault.missing?.id ?? "").isEmpty || fault.missing?.id == id.lowercase
        {
            return .success(nil)
        }
        guard result.outcome == .success, let row = ODataValue(json: result.body)?.row,
            let record = StandingPhoneCall(row, settings.columns)
        else {
            return .failure(LookUpFailure(outcome: readable(result.outcome)))
        }
        return .success(record)
    }

    /// A success whose body can't be read is a failure of the moment.
    private static func readable(_ outcome: DynamicsOutcome) -> DynamicsOutcome {
        outcome == .success ? .transient(DynamicsFault(status: 200, message: "the answer can't be read")) : outcome
    }
}

extension LookUpAnswers {
    fileprivate mutating func take(_ rows: [ODataRow], _ part: LookUps.PartName, _ settings: Settings) {
        switch part {
        case .candidates: candidates = rows.compactMap { StandingPhoneCall($0, settings.columns) }
        case .ofCalls:
            for record in rows.compactMap({ StandingPhoneCall($0, settings.columns) }) {
                if let call = record.callID { ofCalls[call] = record }
            }
        case .contacts:
            Self.index(rows, .contact, "contactid", "fullname", settings.contactNumberColumns, &contacts)
        case .accounts:
            Self.index(rows, .account, "accountid", "name", settings.accountNumberColumns, &accounts)
        case .standing: break
        }
    }

    private static func index(
        _ rows: [ODataRow], _ table: RowReference.Table, _ key: String, _ name: String, _ columns: [String],
        _ index: inout [String: [RowReference]]
    ) {
        for row in rows {
            guard let id = row.guid(key) else { continue }
            let reference = RowReference(table, id, name: row.string(name))
            for number in Set(columns.compactMap { row.string($0).flatMap { PhoneNumber($0).e164 } }) {
                index[number, default: []].append(reference)
            }
        }
    }

    /// Who the other party of a call is.
    func regarding(_ facts: CallFacts, people: People) -> Regarding {
        guard let number = facts.other.e164, !people.isOwn(facts.other) else { return .unknown }
        return .choose(contacts: contacts[number] ?? [], accounts: accounts[number] ?? [])
    }
}
