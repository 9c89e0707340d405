package import Dynamics
package import FoundationEssentials
import Jobs
import Model
import Privacy

/// Takes erased numbers out of phone calls in Dynamics: deletes what is the hub's own and nobody has touched, and masks the number in the
/// rest; by the setting `EraseRule`.
///
/// Repeatable: what was deleted is missing, what was masked has nothing to mask.
package struct RecordEraser: Sendable {
    private let connection: TenantConnection
    private let rule: Settings.EraseRule
    private let numbers: ErasedNumbers
    private let idColumn: String
    private let columns: [String]
    private let lane: BudgetLane

    /// - Parameters:
    ///   - idColumn: column of phonecall with the subject's id; empty: none.
    ///   - columns: what is read of each record beside what is masked.
    package init(
        _ tenant: TenantSituation, _ connection: TenantConnection, idColumn: String, columns: [String] = [], lane: BudgetLane
    ) {
        self.connection = connection
        rule = tenant.settings.eraseRule
        numbers = tenant.erasures.numbers
        self.idColumn = idColumn
        let needed = ["subject", "description", "phonenumber", "statecode", "statuscode", "_modifiedby_value"]
        self.columns = needed + columns.filter { !needed.contains($0) }
        self.lane = lane
    }

    /// What became of the records, by subject.
    package func erase(_ records: [RecordToErase]) async throws -> [UUID: RecordErasure] {
        var outcomes: [UUID: RecordErasure] = [:]
        let user = try await connection.applicationUser()
        let places = try await find(records, &outcomes)
        let standing = try await read(places, &outcomes)
        var planned: [(standing: StandingRecord, operation: BatchOperation, done: RecordErasure)] = []
        for record in standing {
            if deletes(record, user) {
                planned.append((record, .change(.delete(record.path, etag: record.row.etag)), .deleted))
            } else {
                switch MaskedRecord.change(record.row, numbers) {
                case .nothing: note(.masked, record.record.subject, &outcomes)
                case .body(let body):
                    planned.append((record, record.change(body, mustReopen: connection.mustReopen), .masked))
                case .impossible:
                    let fault = DynamicsFault(
                        status: 0, message: "an erased number stands among parties of a kind that can't be written again")
                    note(.failed(.permanent(fault)), record.record.subject, &outcomes)
                }
            }
        }
        guard !planned.isEmpty else { return outcomes }
        let results = try await connection.dynamics.batch(planned.map(\.operation), lane: lane)
        for (plan, result) in zip(planned, results) {
            note(judge(plan.done, result.outcome), plan.standing.record.subject, &outcomes)
        }
        return outcomes
    }

    private func note(_ outcome: RecordErasure, _ subject: UUID, _ outcomes: inout [UUID: RecordErasure]) {
        outcomes[subject] = outcomes[subject].map { $0.joined(with: outcome) } ?? outcome
    }

    private func judge(_ done: RecordErasure, _ outcome: DynamicsOutcome) -> RecordErasure {
        switch outcome {
        case .success: return done
        case .deletedByHuman: return .missing
        case .permanent(let fault) where fault.saysClosed && !connection.mustReopen:
            connection.mustReopen = true
            return .failed(.notTried)
        default: return .failed(outcome)
        }
    }

    private func deletes(_ standing: StandingRecord, _ user: UUID) -> Bool {
        switch rule {
        case .mask: false
        case .deleteAll: true
        case .delete:
            standing.record.isOwn(standing.id) && standing.row.guid("_modifiedby_value") == user
                && standing.record.isUntouched(standing.row)
        }
    }

    // MARK: Reading

    /// Where records stand, or may stand.
    private func find(
        _ records: [RecordToErase], _ outcomes: inout [UUID: RecordErasure]
    ) async throws -> [(record: RecordToErase, id: UUID)] {
        var places = records.map { (record: $0, id: $0.activityID) }
        let sought = records.filter(\.isSought)
        guard !sought.isEmpty, !idColumn.isEmpty else { return places }
        let query = ODataQuery(
            "phonecalls", select: ["activityid", idColumn], filter: .in(idColumn, sought.map(\.subject.lowercase)))
        let result = try await connection.dynamics.batch([.get(query)], lane: lane)[0]
        guard result.outcome == .success, let page = ODataPage(json: result.body) else {
            for record in sought { note(.failed(Self.readable(result.outcome)), record.subject, &outcomes) }
            return places.filter { outcomes[$0.record.subject] == nil }
        }
        for row in page.rows {
            guard let id = row.guid("activityid"), let subject = row.guid(idColumn),
                let record = sought.first(where: { $0.subject == subject }), id != record.activityID
            else { continue }
            places.append((record: record, id: id))
        }
        return places
    }

    /// The records that are there. Of each by itself, because parties are told of single records only.
    private func read(
        _ places: [(record: RecordToErase, id: UUID)], _ outcomes: inout [UUID: RecordErasure]
    ) async throws -> [StandingRecord] {
        guard !places.isEmpty else { return [] }
        let results = try await connection.dynamics.batch(
            places.map { place in
                var query = ODataQuery("phonecalls(\(place.id.lowercase))", select: columns)
                query.expand = MaskedRecord.expansion
                query.annotations = MaskedRecord.annotations
                return .get(query)
            }, lane: lane)
        var standing: [StandingRecord] = []
        for (place, result) in zip(places, results) {
            switch Self.row(result, place.id) {
            case .success(let row?): standing.append(StandingRecord(record: place.record, id: place.id, row: row))
            case .success(nil): note(.missing, place.record.subject, &outcomes)
            case .failure(let failure): note(.failed(failure.outcome), place.record.subject, &outcomes)
            }
        }
        return standing
    }

    private struct Unread: Error { let outcome: DynamicsOutcome }

    /// Only Dynamics' own word for this record says that it is gone: a gateway says 404 too.
    private static func row(_ result: OperationResult, _ id: UUID) -> Result<ODataRow?, Unread> {
        if case .missingReference(let fault) = result.outcome,
            (fault.missing?.id ?? "").isEmpty || fault.missing?.id == id.lowercase
        {
            return .success(nil)
        }
        guard result.outcome == .success, let row = ODataValue(json: result.body)?.row else {
            return .failure(Unread(outcome: readable(result.outcome)))
        }
        return .success(row)
    }

    /// A success whose body can't be read is a failure of the moment.
    private static func readable(_ outcome: DynamicsOutcome) -> DynamicsOutcome {
        outcome == .success ? .transient(DynamicsFault(status: 200, message: "the answer can't be read")) : outcome
    }
}

/// A record that was read.
private struct StandingRecord: Sendable {
    let record: RecordToErase
    let id: UUID
    let row: ODataRow

    var path: String { "phonecalls(\(id.lowercase))" }

    /// The change in one transaction, guarded by the version that was read.
    func change(_ body: [UInt8], mustReopen: Bool) -> BatchOperation {
        var bodies = [body]
        if let state = row.int("statecode"), state != 0, mustReopen {
            let end = state == 2 ? PhoneCallBody.cancel : PhoneCallBody.complete(status: row.int("statuscode") ?? 4)
            bodies = [PhoneCallBody.reopen, body, end]
        }
        let changes = bodies.enumerated().map { index, body in
            if index == 0, let etag = row.etag { Change.guarded(path, etag: etag, body) } else { Change.updateOnly(path, body) }
        }
        return changes.count == 1 ? .change(changes[0]) : .changeSet(changes)
    }
}
