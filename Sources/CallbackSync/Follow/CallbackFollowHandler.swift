import Dynamics
import Enreach
import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Tenants

/// `callbacks.follow`: reads which phone calls of requests were completed or cancelled in Dynamics and, in the two-way model, which requests
/// changed in Enreach, so that the other side can follow.
struct CallbackFollowHandler: JobHandler {
    static let kind = CallbackJobs.follow

    let book: TenantBook
    let intake: CallbackIntake
    let health: TenantHealth
    var concurrency: Int { 4 }

    /// Windows overlap, because changes show late.
    static let overlap: TimeInterval = 60

    private var database: Database { intake.database }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        return try await health.guarded(job, book: book, side: .dynamics) { tenant, connection in
            let situation = try await ProfileStore.read(tenant.id, from: database)
            guard !situation.profiles.all.isEmpty else { return JobResults(outcomes: [job.id: .done(note: "no profiles")]) }
            let ended = try await records(tenant, connection)
            if tenant.settings.callbackModel == .twoWay { try await requests(tenant, connection, situation) }
            return JobResults(outcomes: [job.id: .done(note: "\(ended) phone calls ended")])
        }
    }

    // MARK: Dynamics

    private func records(_ tenant: TenantSituation, _ connection: TenantConnection) async throws -> Int {
        let column = tenant.settings.columns.callbackID
        guard !column.isEmpty else { return 0 }
        let mark = try await mark("dynamics", tenant) ?? Date().addingTimeInterval(-86_400)
        let query = ODataQuery(
            "phonecalls", select: ["activityid", "statecode", "modifiedon"],
            filter: .greaterOrEqual("modifiedon", .date(mark.addingTimeInterval(-Self.overlap)))
                && .notEqual("statecode", .int(0))
                && .notEqual(column, .null))
        let rows = try await connection.dynamics.query(query, lane: .callback)
        guard !rows.isEmpty else { return 0 }
        let latest = rows.compactMap { $0.date("modifiedon") }.max() ?? mark
        return try await note(rows, until: latest, tenant)
    }

    private func note(_ rows: [ODataRow], until latest: Date, _ tenant: TenantSituation) async throws -> Int {
        let states = rows.compactMap { row in
            row.guid("activityid").map { ($0, RecordState(statecode: row.int("statecode"))) }
        }.sorted { $0.0.lowercase < $1.0.lowercase }
        let queue = JobQueue(database: database)
        let number = try await database.withTransaction(TransactionOptions(retries: 5)) { connection in
            let ended = try await connection.query(
                CallbackFollowStore.ended, [tenant.id, states.map(\.0), states.map(\.1.rawValue)])
            var story: [TimelineRow] = []
            var closes: [NewJob] = []
            for row in ended {
                let (id, record, stage) = try row.decode(UUID.self, String.self, String.self)
                story.append(TimelineRow(id, named: "record_\(record)", reason: CallbackReason.recordEnded.rawValue))
                let follow = CallbackFollow.make(
                    model: tenant.settings.callbackModel, state: .written, record: RecordState(rawValue: record) ?? .open,
                    stage: CallbackFacts.Stage(rawValue: stage) ?? .open, result: nil)
                if case .close(let successfully) = follow {
                    closes.append(CallbackJobs.close(id, successfully: successfully, tenant: tenant.id))
                }
            }
            var requests = [Request(CallbackFollowStore.advance, [tenant.id, "dynamics", latest])]
            if !story.isEmpty {
                requests.append(
                    TimelineStore.add(
                        story, tenant: tenant.id, instance: intake.instance, settingVersion: tenant.settings.version,
                        entity: .callback))
            }
            _ = try await connection.pipeline(requests)
            _ = try await queue.enqueue(closes, on: connection)
            return ended.count
        }
        if number > 0 { await queue.ring(CallbackJobs.queue) }
        return number
    }

    // MARK: Enreach

    private func requests(_ tenant: TenantSituation, _ connection: TenantConnection, _ situation: ProfileSituation) async throws {
        let mark = try await mark("enreach", tenant) ?? Date().addingTimeInterval(-86_400)
        var reached: Date?
        for profile in situation.profiles.byList.values where profile.method.polls && situation.works(profile) {
            guard let list = profile.listID else { continue }
            let listing = try await connection.enreach.callbacks(
                list: list, modifiedAfter: mark.addingTimeInterval(-Self.overlap))
            let now = listing.serverTime ?? Date()
            _ = try await intake.take(
                listing.compactMap { ReceivedCallback($0, list: list, now: now) }, for: tenant, profiles: situation.profiles,
                way: .poll)
            reached = [reached, listing.serverTime].compactMap(\.self).min()
        }
        if let reached { try await database.execute(CallbackFollowStore.advance, [tenant.id, "enreach", reached]) }
    }

    private func mark(_ source: String, _ tenant: TenantSituation) async throws -> Date? {
        try await database.query(CallbackFollowStore.mark, [tenant.id, source]).first?[0].decode(Date.self)
    }
}
