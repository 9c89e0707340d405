import FoundationEssentials
import HTTPTypes
import Jobs
import Model
import NIOCore
import Postgres
import Runtime
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync
@testable import Tenants

@Suite(.database, .timeLimit(.minutes(5))) struct CallbackWebhookTests {
    @Test func overBothWaysARequestGivesOneRecord() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook_with_polling")
            try await hub.run(CallbackJobs.poll)
            let id = hub.request()
            async let told: Void = hub.tell(id)
            async let polled: Void = hub.run(CallbackJobs.poll)
            _ = try await (told, polled)
            try await hub.quiet()
            #expect(hub.records(id).count == 1)
            #expect(try await hub.state(id) == "written")
            #expect(try await hub.column("told_at", of: id) != nil)
            #expect(try await hub.count("SELECT coalesce(sum(seen), 0)::bigint FROM hub.callback_intake") == 1)
        }
    }

    @Test func aWebhookThatComesBeforeTheApiShowsTheItemWaitsForIt() async throws {
        try await CallbackHub.with(change: { $0.enreach.visibleAfter = 2 }) { hub in
            try await hub.profile(method: "webhook")
            try await hub.run(CallbackJobs.poll)
            let id = hub.request(ago: 0)
            try await hub.tell(id)
            try await hub.quiet()
            #expect(try await hub.state(id) == "written")
            #expect(try await hub.text("SELECT outcome FROM hub.webhook_event") == "read")
        }
    }

    @Test func anItemThatNeverShowsKeepsNobodyWaiting() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook")
            try await hub.run(CallbackJobs.poll)
            let id = hub.request()
            try await hub.tell(UUID())
            try await hub.tell(id)
            try await eventually("the other is written") { try await hub.state(id) == "written" }
            try await hub.database.execute(
                Statement("", "UPDATE hub.webhook_event SET received_at = now() - interval '1 hour' WHERE handled_at IS NULL"))
            try await hub.hurry()
            try await eventually("it is given up") {
                try await hub.count("SELECT count(*) FROM hub.webhook_event WHERE outcome = 'not_shown'") == 1
            }
        }
    }

    @Test func aProfileThatOnlyHearsWebhooksCatchesUpWithWhatCameBefore() async throws {
        try await CallbackHub.with { hub in
            let early = hub.request()
            try await hub.profile(method: "webhook", age: nil, unit: nil)
            try await hub.sync()
            #expect(try await hub.state(early) == "written")
            let later = hub.request("+4670111111")
            try await hub.sync()
            #expect(try await hub.state(later) == "unknown")
        }
    }

    @Test func whatTheHubClosedItselfIsNotReadAgain() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook_with_polling")
            let id = hub.request()
            try await hub.sync()
            try await hub.tell(id, event: "CallbackClosed")
            try await hub.quiet()
            #expect(try await hub.text("SELECT outcome FROM hub.webhook_event") == "known")
        }
    }

    @Test func aFloodIsReadWithFewRequests() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook")
            try await hub.run(CallbackJobs.poll)
            let all = (0..<200).map { hub.request("+3585000\(10_000 + $0)") }
            let admin = JobAdmin(database: hub.database)
            try await admin.pause(kind: CallbackJobs.read, reason: "test", by: "test")
            for id in all { try await hub.tell(id) }
            let (enreach, dynamics) = (try await hub.reads(), hub.sandbox.dataverse.limitFigures().requests)
            try await admin.resume(kind: CallbackJobs.read)
            try await hub.quiet()
            // One request for what changed on the list, whatever the number of webhooks.
            let reads = try await hub.reads() - enreach
            #expect(reads == 1)
            #expect(hub.sandbox.dataverse.limitFigures().requests - dynamics <= 30)
            #expect(try await hub.count("SELECT count(*) FROM hub.callback WHERE state = 'written'") == 200)
            #expect(try await hub.count("SELECT count(*) FROM hub.webhook_event WHERE handled_at IS NULL") == 0)
        }
    }

    @Test func itemsOfNoListAreLookedAtAPortionAtATime() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook")
            try await hub.run(CallbackJobs.poll)
            let all = (0..<ReadCallbacksHandler.most + 20).map { hub.request("+3585000\(10_000 + $0)") }
            let admin = JobAdmin(database: hub.database)
            try await admin.pause(kind: CallbackJobs.read, reason: "test", by: "test")
            // The oldest are never shown.
            for id in (0..<ReadCallbacksHandler.most).map({ _ in UUID() }) + all { try await hub.tell(item: id) }
            let before = try await hub.reads()
            try await admin.resume(kind: CallbackJobs.read)
            try await eventually("those that are shown are taken in") {
                try await hub.count("SELECT count(*) FROM hub.callback") == all.count
            }
            // Whoever was looked at in vain comes after who was not looked at yet, and is looked at again a moment later.
            #expect(try await hub.reads() - before <= 2 * ReadCallbacksHandler.most + 120)
            try await eventually("they are written") {
                try await hub.count("SELECT count(*) FROM hub.callback WHERE state = 'written'") == all.count
            }
            try await eventually("only the others are looked for") {
                try await hub.count("SELECT count(*) FROM hub.webhook_event WHERE handled_at IS NULL")
                    == ReadCallbacksHandler.most
            }
        }
    }

    @Test func anItemThatCantBeReadHoldsUpNoOther() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook")
            try await hub.run(CallbackJobs.poll)
            let (forbidden, id) = (hub.request(), hub.request("+4670111111"))
            hub.sandbox.faults.replace(with: [Fault(.forbidden, on: .enreach, path: forbidden.lowercase)])
            for item in [forbidden, id] { try await hub.tell(item: item) }
            try await eventually("the other is written") { try await hub.state(id) == "written" }
            let waiting =
                "SELECT count(*) FROM hub.webhook_event WHERE handled_at IS NULL AND looked_at IS NOT NULL AND subject_id = "
            try await eventually("it is looked at again") { try await hub.count(waiting + "'\(forbidden.lowercase)'") == 1 }
            try await hub.database.execute(
                Statement("", "UPDATE hub.webhook_event SET received_at = now() - interval '1 hour' WHERE handled_at IS NULL"))
            try await hub.hurry()
            try await eventually("it is given up") {
                try await hub.count("SELECT count(*) FROM hub.webhook_event WHERE outcome = 'not_shown'") == 1
            }
        }
    }

    @Test func looksThatArePutOffDoNotMultiply() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook")
            try await hub.run(CallbackJobs.poll)
            // Each is looked for by itself, and each look in vain is followed by another.
            for _ in 0..<20 {
                try await hub.tell(item: UUID())
                try await eventually("it was looked at") {
                    try await hub.count("SELECT count(*) FROM hub.webhook_event WHERE looked_at IS NULL") == 0
                }
            }
            let put = "SELECT count(*) FROM hub.job_later JOIN hub.job_kind USING (kind_id) WHERE name = '\(CallbackJobs.read)'"
            #expect(try await hub.count(put) <= 6)
        }
    }

    @Test(arguments: [(0.0, 1.0), (4, 2), (8, 4), (40, 16), (300, 30)])
    func whoWaitsAboutAsLongLooksAtTheSameMoment(waited: Double, wait: Double) {
        let now = Date(timeIntervalSince1970: 1_750_000_003.4)
        let due = ReadCallbacksHandler.nextLook(after: now, waited: waited).timeIntervalSince(now)
        #expect(due >= wait && due < wait + 16)
        let later = ReadCallbacksHandler.nextLook(after: now.addingTimeInterval(0.3), waited: waited + 0.3)
        #expect(later == ReadCallbacksHandler.nextLook(after: now, waited: waited))
    }

    @Test func anEventIsTakenOnce() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook")
            try await hub.run(CallbackJobs.poll)
            let (id, event) = (hub.request(), UUID())
            for _ in 0..<3 { try await hub.tell(id, id: event) }
            try await hub.quiet()
            #expect(try await hub.count("SELECT copies FROM hub.webhook_event") == 3)
            #expect(
                try await hub.count(
                    "SELECT count(*) FROM hub.job_done d JOIN hub.job_kind USING (kind_id) WHERE name = 'callbacks.read'") == 1)
        }
    }

    @Test func aListOfNobodyIsNotLookedAt() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let id = hub.request(list: CallbackHub.otherList)
            try await hub.tell(id, list: CallbackHub.otherList.id)
            try await hub.quiet()
            #expect(try await hub.state(id) == "unknown")
            #expect(try await hub.text("SELECT outcome FROM hub.webhook_event") == "no_profile")
            #expect(hub.inEnreach(id) == "Open None")
        }
    }

    @Test(
        "An event that names no list, or something that is none, is read by the request that it names",
        arguments: ["User", "CallList", nil])
    func noList(type: String?) async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook", age: nil, unit: nil)
            try await hub.run(CallbackJobs.poll)
            let (id, others) = (hub.request(), hub.request(list: CallbackHub.otherList))
            let (entity, kind) = (UUID(), type.map { #""EntityType":"\#($0)","# } ?? "")
            for callback in [id, others] {
                let body = #"{"Id":"\#(UUID())",\#(kind)"EntityId":"\#(entity)","CallbackListItemId":"\#(callback)"}"#
                let status = try await hub.webhooks().answer(token: "hook-secret", event: "UserCallbackChanged", tenant: "demo") {
                    Array(body.utf8)
                }
                #expect(status == .accepted)
            }
            try await hub.quiet()
            #expect(try await hub.state(id) == "written")
            #expect(try await hub.state(others) == "unknown")
            let outcome = "SELECT outcome FROM hub.webhook_event WHERE subject_id = "
            #expect(try await hub.text(outcome + "'\(id.lowercase)'") == "read")
            #expect(try await hub.text(outcome + "'\(others.lowercase)'") == "no_profile")
        }
    }

    @Test func ofATenantThatIsSwitchedOffNothingIsPromised() async throws {
        try await CallbackHub.with(works: false) { hub in
            try await hub.database.execute(Statement("", "UPDATE hub.tenant SET enabled = false"))
            let route = try hub.webhooks()
            #expect(await route.answer(token: "hook-secret", event: nil, tenant: "demo") { [] } == .serviceUnavailable)
            #expect(try await hub.count("SELECT count(*) FROM hub.webhook_event") == 0)
        }
    }

    @Test func aProxyWhoseWordIsNotTakenIsTold() async throws {
        try await CallbackHub.with(works: false) { hub in
            let proxy = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
            let networks = try SourceNetworks(SourceNetworks.vendors + ",127.0.0.1")
            func answer(_ route: WebhookRoute, _ token: String, _ forwarded: String?) async -> Int {
                await route.answer(token: token, event: nil, tenant: "demo", from: proxy, forwarded: forwarded) {
                    Array("{}".utf8)
                }.code
            }
            let deaf = WebhookRoute(
                book: hub.book, database: hub.database, networks: networks, readiness: hub.readiness, logger: hub.logger,
                look: EventLook.job)
            #expect(await answer(deaf, "hook-secret", nil) == 202)
            #expect(await answer(deaf, "wrong", "198.51.100.1") == 401)
            #expect(hub.readiness[ProxyNotice.check] == nil)
            #expect(await answer(deaf, "hook-secret", "198.51.100.1") == 202)
            #expect(hub.readiness[ProxyNotice.check]?.state == .degraded)
            let hearing = WebhookRoute(
                book: hub.book, database: hub.database, networks: networks,
                source: WebhookSource(proxies: try SourceNetworks("127.0.0.1")), logger: hub.logger, look: EventLook.job)
            #expect(await answer(hearing, "hook-secret", "198.51.100.1") == 401)
            #expect(await answer(hearing, "hook-secret", "198.51.100.1, 80.88.186.5:443") == 202)
        }
    }

    @Test func theDoorLetsInOnlyWhomItShould() async throws {
        try await CallbackHub.with(works: false) { hub in
            let inside = try SocketAddress(ipAddress: "80.88.186.5", port: 1)
            let outside = try SocketAddress(ipAddress: "80.88.188.5", port: 1)
            let route = try hub.webhooks(networks: SourceNetworks.vendors)
            func answer(_ token: String?, _ source: SocketAddress?) async -> Int {
                await route.answer(token: token, event: nil, tenant: "demo", from: source) { Array("{}".utf8) }.code
            }
            #expect(await answer("hook-secret", inside) == 202)
            #expect(await answer("hook-secret", outside) == 401)
            #expect(await answer("hook-secret", nil) == 401)
            #expect(await answer("wrong", inside) == 401)
        }
    }

    @Test func whatCantBeKeptIsNotAccepted() async throws {
        try await CallbackHub.with(works: false) { hub in
            let full = try hub.webhooks(gate: WebhookGate(most: 0))
            #expect(await full.answer(token: "hook-secret", event: nil, tenant: "demo") { [] } == .tooManyRequests)
            let route = try hub.webhooks()
            let tooLarge = await route.answer(token: "hook-secret", event: nil, tenant: "demo") {
                throw CallbackHub.Wrong("too large")
            }
            #expect(tooLarge == .contentTooLarge)
            try await hub.database.execute(Statement("", "ALTER TABLE hub.webhook_event RENAME TO gone"))
            #expect(await route.answer(token: "hook-secret", event: nil, tenant: "demo") { [] } == .serviceUnavailable)
        }
    }

    @Test func theLossMeterTellsWhatWebhooksMissed() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook_with_polling")
            let told = hub.request()
            hub.request("+4670111111")
            try await hub.tell(told)
            try await hub.sync()
            try await hub.database.execute(
                Statement("", "UPDATE hub.callback SET first_seen_at = first_seen_at - interval '10 minutes'"))
            let row = try await hub.database.query(
                Statement("", "SELECT happened, told, lost FROM report.webhook_loss WHERE event_type = 'CallbackCreated'"))[0]
            let (happened, heard, lost) = try row.decode(Int64.self, Int64.self, Int64.self)
            #expect(happened == 2 && heard == 1 && lost == 1)
        }
    }

    @Test func theLossMeterTellsOfEveryKindOfEvent() async throws {
        try await CallbackHub.with { hub in
            try await hub.set("CallbackModel", "two-way")
            try await hub.profile(method: "webhook_with_polling")
            // Made ten minutes ago, changed five minutes ago, closed a moment ago; of one of the two every webhook was lost.
            let (told, lost) = (hub.request(ago: 600), hub.request("+4670111111", ago: 600))
            try await hub.tell(told)
            try await hub.sync()
            for id in [told, lost] { hub.sandbox.enreach.alter(callback: id, at: hub.now - 300) { $0.note = "after lunch" } }
            try await hub.tell(told, event: "CallbackUpdated")
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            let updated = try await hub.kinds()
            #expect(updated == ["CallbackUpdated 2 1"])
            for id in [told, lost] { hub.sandbox.enreach.alter(callback: id) { $0.close("ClosedSuccessfully") } }
            try await hub.tell(told, event: "CallbackClosed")
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            try await hub.database.execute(
                Statement(
                    "",
                    "UPDATE hub.callback SET first_seen_at = first_seen_at - interval '10 minutes', closed_at = closed_at - interval '5 minutes'"
                ))
            #expect(try await hub.kinds() == ["CallbackClosed 2 1", "CallbackCreated 2 1"])
        }
    }

    @Test(arguments: ["trunkline_call_sync", "trunkline_callback_sync"])
    func everyProgramThatListensShowsTheLossMeter(role: String) async throws {
        let database = try TestDatabase.current.connect(as: role)
        _ = try await database.query(HubFigureStore.webhookLoss)
        await database.close()
    }
}

extension CallbackHub {
    /// An event that names an item, and no list.
    fileprivate func tell(item: UUID) async throws {
        let body = #"{"Id":"\#(UUID())","CallbackListItemId":"\#(item)"}"#
        let status = try await webhooks().answer(token: "hook-secret", event: "CallbackCreated", tenant: "demo") {
            Array(body.utf8)
        }
        guard status == .accepted else { throw Wrong("the webhook was answered \(status)") }
    }

    /// Requests to Enreach for callback requests, so far.
    func reads() async throws -> Int {
        struct Figures: Decodable { var byResource: [String: Int] }
        let answer = try await admin("GET", "/admin/requests?last=0", "")
        let figures = try JSONDecoder().decode(Figures.self, from: Data(answer.utf8)).byResource
        return figures.filter { resource, _ in
            resource.contains(" GET ") && resource.contains("callbacks") && !resource.contains("callbacks/lists")
        }.values.reduce(0, +)
    }

    /// The loss meter: kind, how many happened, how many were told.
    func kinds() async throws -> [String] {
        try await database.query(
            Statement(
                "",
                "SELECT event_type || ' ' || sum(happened) || ' ' || sum(told) FROM report.webhook_loss GROUP BY event_type ORDER BY 1"
            )
        ).map { try $0[0].decode(String.self) }
    }
}
