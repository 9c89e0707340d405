import Directory
import Dynamics
import FoundationEssentials
import Model
import PhoneNumbers
import Tenants

/// What the batch has to ask Dynamics before it writes: one read for all new calls together, and one for each record that stands already.
struct LookUps: Sendable {
    let operations: [BatchOperation]
    private let parts: [PartName]

    enum PartName: Sendable {
        case standing
        case candidates
        /// Who carries the numbers, of one table.
        case carriers(RowReference.Table)
        /// Records that carry the ids of calls.
        case ofCalls
    }

    /// - Parameters:
    ///   - creates: calls that may need a new record, for which one to adopt is looked for.
    ///   - named: calls whose other party is looked up.
    ///   - standing: ids of records to be read.
    ///   - sought: calls that may have adopted a record without the hub's knowing which.
    ///   - numbers: how the tenant's numbers are read.
    ///   - asksParties: false when the directory knows who carries a number.
    init(
        creates: [StoredCall], named: [StoredCall], standing: [UUID], sought: [StoredCall] = [], settings: Settings,
        people: People, numbers: NumberReader, asksParties: Bool
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
        if let filter = Self.candidateFilter(creates, settings, numbers) {
            ask(.candidates, ODataQuery("phonecalls", select: StandingPhoneCall.select(settings.columns), filter: filter))
        }
        if asksParties {
            for (table, query) in NumberCarriers.questions(named.map(\.facts.other), settings, people: people) {
                ask(.carriers(table), query)
            }
        }
        self.operations = operations
        self.parts = parts
    }

    /// Phone calls with one of the numbers, as received or as people write it, that started at about the time of one of the calls; where a
    /// column tells whose they are, without those of other calls.
    private static func candidateFilter(
        _ calls: [StoredCall], _ settings: Settings, _ numbers: NumberReader
    ) -> ODataFilter? {
        let starts = calls.compactMap(\.facts.startedAt)
        let texts = Set(Set(calls.map(\.facts.other)).flatMap { [$0.raw] + numbers.writings(of: $0) }).filter(isAskable)
        guard let first = starts.min(), let last = starts.max(), !texts.isEmpty else { return nil }
        let from = first.addingTimeInterval(-Double(settings.callStartMargin) - 1)
        let to = last.addingTimeInterval(Double(settings.callStartMargin) + 1)
        func within(_ column: String) -> ODataFilter {
            .greaterOrEqual(column, .date(from)) && .lessOrEqual(column, .date(to))
        }
        let alike = .in("phonenumber", texts.sorted()) && (within("actualstart") || within("scheduledstart"))
        let callID = settings.columns.callID
        guard !callID.isEmpty else { return alike }
        return alike && (.equal(callID, .null) || .in(callID, calls.map(\.id.lowercase)))
    }

    /// Whether a number as received may stand in a query: words, quotes and pictographs are nobody's number, and must not spoil the
    /// question that is asked for the whole batch.
    static func isAskable(_ number: String) -> Bool {
        number.utf8.count <= 50 && number.utf8.contains { (0x30...0x39).contains($0) }
            && number.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-./() ".utf8.contains($0) }
    }
}

/// What Dynamics answered.
struct LookUpAnswers: Sendable {
    /// By record id. `success(nil)`: there is no such record.
    var standing: [UUID: Result<StandingPhoneCall?, LookUpFailure>] = [:]
    var candidates: [StandingPhoneCall] = []
    /// By call: the records that carry the ids of calls sought.
    var ofCalls: [UUID: StandingPhoneCall] = [:]
    var carriers = NumberCarriers()
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
            case .candidates, .carriers, .ofCalls:
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
        case .carriers(let table): carriers.take(rows, of: table, settings)
        case .standing: break
        }
    }
}
