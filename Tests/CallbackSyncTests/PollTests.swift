import Enreach
import FoundationEssentials
import Model
import Operations
import Postgres
import Runtime
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync
@testable import Tenants

@Suite struct CallbackPollWindowTests {
    private let now = Date(timeIntervalSince1970: 1_750_000_000)

    private func made(_ method: SynchronizationMethod, minutes: Int?) -> CallbackProfile {
        CallbackProfile(
            id: UUID(), name: "Support", listID: UUID(), queueID: UUID(), method: method,
            ageUnit: minutes == nil ? nil : .minutes, age: minutes)
    }

    @Test(
        "A poll looks back as far as Callback Age says, and to the last poll at least",
        arguments: [
            (10, nil, 10), (10, 1, 10), (10, 10, 10), (10, 30, 31), (10, 3 * 1440, 3 * 1440 + 1), (2880, 1440, 2880),
            (2, 60 * 1440, 31 * 1440), (60 * 1440, 61 * 1440, 60 * 1440),
        ] as [(Int, Int?, Int)])
    func window(age: Int, lastPoll: Int?, expected: Int) throws {
        let window = try #require(
            CallbackPollWindow(
                made(.polling, minutes: age), now: now, polledUntil: lastPoll.map { now.addingTimeInterval(-Double($0) * 60) },
                mustCatchUp: false))
        #expect(now.timeIntervalSince(window.start) == Double(expected) * 60)
        #expect(window.leavesGap == (lastPoll ?? 0 > expected))
    }

    @Test func oneThatHearsWebhooksLooksBackOnceAWeek() {
        let profile = made(.webhook, minutes: nil)
        #expect(CallbackPollWindow(profile, now: now, polledUntil: nil, mustCatchUp: false) == nil)
        let window = CallbackPollWindow(profile, now: now, polledUntil: now, mustCatchUp: true)
        #expect(window?.start == now.addingTimeInterval(-7 * 86_400))
    }
}

@Suite(.database, .timeLimit(.minutes(5))) struct PollTests {
    static let otherProfile = UUID(uuidString: "cccccccc-0000-4000-8000-000000000002")!
    static let forbidden = CallbackListRecord(id: CallbackHub.list.id, name: "Support callbacks", forbidden: true)

    @Test func aListThatCantBeReadKeepsNoOtherFromBeingRead() async throws {
        try await CallbackHub.with { hub in
            hub.sandbox.enreach.set(callbackLists: [Self.forbidden, CallbackHub.otherList])
            try await hub.profile()
            try await hub.profile(Self.otherProfile, name: "Sales", list: CallbackHub.otherList.id)
            let (kept, read) = (hub.request(), hub.request("+4670111111", list: CallbackHub.otherList))
            try await hub.sync()
            #expect(try await hub.state(read) == "written")
            #expect(try await hub.check("polled_at IS NOT NULL", Self.otherProfile) == "true")
            #expect(try await hub.check("polled_at IS NOT NULL") == "false")
            #expect(try await hub.state(kept) == "unknown")
            // Whoever looks sees which list it is, and why.
            #expect(try await hub.check("read_problem") == "list_forbidden")
            let check = try #require(hub.readiness["tenant demo: callback lists"])
            #expect(check.state == .degraded && check.text.hasPrefix("Support: Enreach does not let the API user read"))
            #expect(hub.readiness["tenant demo: enreach"]?.state == .ready)
            let tenant = try await Operations.TenantStore(database: hub.database).named("demo")
            let profiles = try await CallbackProfileStore(database: hub.database).all(tenant: tenant.id)
            #expect(profiles.first { $0.name == "Support" }?.problem?.contains("give it access") == true)
            #expect(profiles.first { $0.name == "Sales" }?.problem == nil)
            #expect(try await hub.text("SELECT problem FROM report.callback_profiles WHERE profile = 'Support'") != nil)
            // Once access is given, it is read.
            hub.sandbox.enreach.set(callbackLists: [CallbackHub.list, CallbackHub.otherList])
            try await hub.sync()
            #expect(try await hub.state(kept) == "written")
            #expect(try await hub.check("read_problem") == nil)
            #expect(hub.readiness["tenant demo: callback lists"]?.state == .ready)
        }
    }

    @Test func besideAListThatCantBeReadOneThatHearsWebhooksIsReadOnce() async throws {
        try await CallbackHub.with { hub in
            hub.sandbox.enreach.set(callbackLists: [Self.forbidden, CallbackHub.otherList])
            try await hub.profile()
            try await hub.profile(
                Self.otherProfile, name: "Sales", list: CallbackHub.otherList.id, method: "webhook", age: nil, unit: nil)
            try await hub.sync()
            let before = try await hub.reads()
            try await hub.sync()
            // The one question that is refused.
            #expect(try await hub.reads() == before + 1)
        }
    }

    @Test func whatConcernsEnreachAsAWholeEndsThePoll() async throws {
        try await CallbackHub.with(works: false) { hub in
            try await hub.profile()
            try await hub.profile(Self.otherProfile, name: "Sales", list: CallbackHub.otherList.id)
            let tenant = try #require(try await hub.book.situation(hub.tenant))
            let situation = try await ProfileStore.read(hub.tenant, from: hub.database)
            let health = TenantHealth(readiness: hub.readiness, logger: hub.logger)
            let profiles = Array(situation.profiles.byList.values)
            func error(_ code: EnreachError.Code) -> EnreachError { EnreachError(code, route: "GET callbacks", message: "no") }
            func begun() -> ListReading { ListReading(situation, tenant, way: .poll, database: hub.database, health: health) }
            for code in [EnreachError.Code.unauthorized, .throttled, .configuration] {
                var reading = begun()
                await #expect(throws: EnreachError.self) {
                    try await reading.read(profiles[0], of: CallbackHub.list.id) { throw error(code) }
                }
            }
            // One failing server is a doubt, two lists in a row are none.
            var failing = begun()
            try await failing.read(profiles[0], of: CallbackHub.list.id) { throw error(.transient) }
            #expect(failing.failures == 1)
            await #expect(throws: EnreachError.self) { try await failing.end() }
            await #expect(throws: EnreachError.self) {
                try await failing.read(profiles[1], of: CallbackHub.otherList.id) { throw error(.transient) }
            }
            // One that was read in between says that Enreach answers.
            var doubted = begun()
            try await doubted.read(profiles[0], of: CallbackHub.list.id) { throw error(.transient) }
            try await doubted.read(profiles[1], of: CallbackHub.otherList.id) {}
            try await doubted.read(profiles[0], of: CallbackHub.list.id) { throw error(.transient) }
            try await doubted.end()
            #expect(doubted.failures == 2)
        }
    }

    @Test func whatCouldNotBeReadTheLastTimeIsReadLast() async throws {
        try await CallbackHub.with { hub in
            hub.sandbox.enreach.set(callbackLists: [Self.forbidden, CallbackHub.otherList])
            try await hub.profile()
            try await hub.profile(Self.otherProfile, name: "Sales", list: CallbackHub.otherList.id)
            try await hub.sync()
            let tenant = try #require(try await hub.book.situation(hub.tenant))
            let situation = try await ProfileStore.read(hub.tenant, from: hub.database)
            let health = TenantHealth(readiness: hub.readiness, logger: hub.logger)
            for _ in 0..<10 {
                let reading = ListReading(situation, tenant, way: .poll, database: hub.database, health: health)
                #expect(reading.profiles.map(\.name) == ["Sales", "Support"])
            }
        }
    }

    @Test func thePollAndTheLookAtChangesEachTellOfTheirOwnTrouble() async throws {
        try await CallbackHub.with(works: false) { hub in
            try await hub.profile()
            let (tenant, profile, list) = (hub.tenant, CallbackHub.profile, CallbackHub.list.id)
            try await hub.database.execute(
                Statement("", "INSERT INTO hub.callback_check (tenant_id, profile_id, profile_version) VALUES ($1, $2, 1)"),
                [tenant, profile])
            func unread(_ way: ListReading.Way) async throws {
                try await hub.database.execute(
                    ProfileStore.unread, [tenant, profile, list, "by_\(way.rawValue)", "no", nil as Date?, way.rawValue])
            }
            func polled() async throws {
                try await hub.database.execute(ProfileStore.polled, [tenant, profile, 1 as Int32, list, Date()])
            }
            func followed() async throws {
                try await hub.database.execute(ProfileStore.followed, [tenant, profile, list, Date()])
            }
            try await unread(.poll)
            try await unread(.follow)
            try await followed()
            #expect(try await hub.check("read_problem") == "by_poll")
            try await polled()
            #expect(try await hub.check("read_problem") == nil)
            try await unread(.follow)
            try await polled()
            #expect(try await hub.check("read_problem || ' ' || read_problem_of") == "by_follow follow")
            // Where changes are not read any more nobody else would take it back.
            try await hub.database.execute(ProfileStore.unfollowed, [tenant])
            #expect(try await hub.check("coalesce(read_problem, read_problem_text, read_problem_of)") == nil)
            try await unread(.follow)
            try await followed()
            #expect(try await hub.check("read_problem") == nil)
        }
    }

    @Test func whatWasMadeWhileAProfileWasSwitchedOffStaysOutUnlessItIsRecent() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(age: 10, unit: "minutes")
            try await hub.sync()
            try await hub.database.execute(
                Statement("", "UPDATE hub.callback_check SET polled_until = now() - interval '1 hour'"))
            for isOn in [false, true] {
                try await hub.database.execute(Statement("", "UPDATE hub.callback_profile SET enabled = $1"), [isOn])
            }
            // Off from forty minutes ago until twenty minutes ago.
            try await hub.database.execute(
                Statement(
                    "",
                    """
                    UPDATE hub.callback_profile_history SET changed_at = now() - CASE version WHEN 2 THEN interval '40 minutes' ELSE interval '20 minutes' END
                    WHERE version > 1
                    """))
            let meanwhile = hub.request("+4670111111", ago: 1800)
            let others = [3000, 1080, 60].map { hub.request("+46701111\($0)", ago: Double($0)) }
            try await hub.sync()
            for id in others { #expect(try await hub.state(id) == "written") }
            #expect(try await hub.state(meanwhile) == "unknown")
        }
    }

    @Test func anOutageLongerThanCallbackAgeLosesNothing() async throws {
        try await CallbackHub.with { hub in
            let gone = UUID()
            try hub.addQueue(gone, "Short-lived", owner: CallbackHub.ann)
            try await hub.profile(queue: gone, age: 10, unit: "minutes")
            try await hub.sync()
            // Half an hour passes in which the queue is gone and nothing is read.
            try hub.sandbox.dataverse.delete("queues", id: gone.lowercase)
            try await hub.sync()
            try await hub.database.execute(
                Statement("", "UPDATE hub.callback_check SET polled_until = polled_until - interval '30 minutes'"))
            let (lost, before) = (hub.request(ago: 20 * 60), hub.request("+4670111111", ago: 40 * 60))
            try await hub.sync()
            #expect(try await hub.state(lost) == "unknown")
            try await hub.profile(age: 10, unit: "minutes")
            try await hub.sync()
            #expect(try await hub.state(lost) == "written")
            // What was made before the last poll is as old as Callback Age lets it be.
            #expect(try await hub.state(before) == "unknown")
        }
    }

    @Test func aRequestThatAnAgentHasAlreadyIsTakenInAsWebhooksTakeIt() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let allocated = hub.request { $0.state = .allocated }
            let closed = hub.request("+4670111111") { $0.close("ClosedSuccessfully") }
            try await hub.sync()
            #expect(try await hub.state(allocated) == "written")
            #expect(try await hub.state(closed) == "unknown")
        }
    }

    @Test func changesOnAListThatCanBeReadAreFollowedBesideOneThatCant() async throws {
        try await CallbackHub.with { hub in
            try await hub.set("CallbackModel", "two-way")
            try await hub.profile()
            try await hub.profile(Self.otherProfile, name: "Sales", list: CallbackHub.otherList.id)
            let (held, followed) = (hub.request(), hub.request("+4670111111", list: CallbackHub.otherList))
            try await hub.sync()
            try await hub.run(CallbackJobs.follow)
            let mark = try await hub.check("followed_until")
            hub.sandbox.enreach.set(callbackLists: [Self.forbidden, CallbackHub.otherList])
            for id in [held, followed] { hub.sandbox.enreach.alter(callback: id) { $0.close("Expired") } }
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            #expect(try hub.record(followed)["statecode"].integer == 2)
            #expect(try hub.record(held)["statecode"].integer == 0)
            #expect(try await hub.check("followed_until") == mark && mark != nil)
            #expect(hub.readiness["tenant demo: callback lists"]?.state == .degraded)
            hub.sandbox.enreach.set(callbackLists: [CallbackHub.list, CallbackHub.otherList])
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            #expect(try hub.record(held)["statecode"].integer == 2)
        }
    }
}

extension CallbackHub {
    /// What is known of a profile, as text.
    fileprivate func check(_ column: String, _ profile: UUID = profile) async throws -> String? {
        try await text("SELECT (\(column))::text FROM hub.callback_check WHERE profile_id = '\(profile.lowercase)'")
    }
}
