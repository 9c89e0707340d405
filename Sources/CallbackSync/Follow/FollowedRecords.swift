import Dynamics
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// Phone calls of a tenant's requests: which of them ended, and which are gone.
struct FollowedRecords: Sendable {
    let tenant: TenantSituation
    let connection: TenantConnection
    let intake: CallbackIntake

    /// Windows overlap, because changes show late.
    static let overlap: TimeInterval = 60
    /// Open phone calls that one turn looks at: five reads in one request.
    static let portion: Int32 = 500

    private var database: Database { intake.database }

    /// Those that were completed or cancelled since the last look; all of them with one query. Answers how many were news.
    ///
    /// Without a column of the request's id they can't be told from others; then the turn alone finds them.
    func changed() async throws -> Int {
        let column = tenant.settings.columns.callbackID
        guard !column.isEmpty else { return 0 }
        let mark =
            try await database.query(CallbackFollowStore.mark, [tenant.id, "dynamics"]).first?[0].decode(Date.self)
            ?? Date().addingTimeInterval(-86_400)
        let query = ODataQuery(
            "phonecalls", select: ["activityid", "statecode", "modifiedon"],
            filter: .greaterOrEqual("modifiedon", .date(mark.addingTimeInterval(-Self.overlap)))
                && .notEqual("statecode", .int(0))
                && .notEqual(column, .null))
        let rows = try await connection.dynamics.query(query, lane: .callback)
        guard !rows.isEmpty else { return 0 }
        let latest = rows.compactMap { $0.date("modifiedon") }.max() ?? mark
        let states = rows.compactMap { row in
            row.guid("activityid").map { ($0, RecordState(statecode: row.int("statecode"))) }
        }
        return try await note(states, Request(CallbackFollowStore.advance, [tenant.id, "dynamics", latest]))
    }

    /// A portion of the open ones, each in its turn: one that was deleted tells nobody.
    func turn() async throws -> Int {
        let open = try await database.query(CallbackFollowStore.turn, [tenant.id, Self.portion]).map {
            try $0.decode(UUID.self, UUID.self)
        }
        guard !open.isEmpty else { return 0 }
        let answer = try await RecordStates.read(Set(open.map(\.1)), from: connection.dynamics)
        if let failure = answer.failure { throw DynamicsError(failure) }
        // The last portion of a turn: the next one begins anew.
        let reached = open.count < Int(Self.portion) ? nil : open.last?.0
        return try await note(
            answer.states.filter { $0.value != .open }.map { ($0.key, $0.value) },
            Request(CallbackFollowStore.turned, [tenant.id, reached]))
    }

    /// Notes what ended, and how far was looked, in one transaction; the requests are closed where the model asks for it.
    private func note(_ ended: [(UUID, RecordState)], _ mark: Request) async throws -> Int {
        let states = ended.sorted { $0.0.lowercase < $1.0.lowercase }
        let queue = JobQueue(database: database)
        let number = try await database.withTransaction(TransactionOptions(retries: 5)) { connection in
            var requests = [mark]
            var closes: [NewJob] = []
            let rows =
                states.isEmpty
                ? []
                : Array(
                    try await connection.query(CallbackFollowStore.ended, [tenant.id, states.map(\.0), states.map(\.1.rawValue)]))
            var story: [TimelineRow] = []
            for row in rows {
                let (id, state, stage) = try row.decode(UUID.self, String.self, String.self)
                let record = RecordState(rawValue: state) ?? .open
                let reason: CallbackReason = record == .deleted ? .deletedByHuman : .recordEnded
                story.append(TimelineRow(id, named: "record_\(state)", reason: reason.rawValue))
                let follow = CallbackFollow.make(
                    model: tenant.settings.callbackModel, state: .written, record: record,
                    stage: CallbackFacts.Stage(rawValue: stage) ?? .open)
                if case .close(let successfully) = follow {
                    closes.append(CallbackJobs.close(id, successfully: successfully, tenant: tenant.id))
                }
            }
            if !story.isEmpty {
                requests.append(
                    TimelineStore.add(
                        story, tenant: tenant.id, instance: intake.instance, settingVersion: tenant.settings.version,
                        entity: .callback))
            }
            _ = try await connection.pipeline(requests)
            _ = try await queue.enqueue(closes, on: connection)
            return rows.count
        }
        if number > 0 { await queue.ring(CallbackJobs.queue) }
        return number
    }
}
