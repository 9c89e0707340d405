import FoundationEssentials
import Jobs
import Model
import Operations
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync

/// Callback requests and the directory: whom they are with, and who says so.
@Suite(.database, .timeLimit(.minutes(5))) struct CallbackDirectoryTests {
    static let dora = UUID(uuidString: "20000000-0000-4000-8000-0000000000d0")!
    static let dirk = UUID(uuidString: "20000000-0000-4000-8000-0000000000d1")!

    @Test func whoeverHasTheNumberInTheDirectoryIsWhomItRegards() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.add(Self.dora, "Dora")
            try await hub.profile()
            let (known, unknown) = (hub.request(), hub.request("+4670111111"))
            try await hub.sync()
            #expect(try hub.record(known)["regardingobjectid"].string == Self.dora.lowercase)
            #expect(try hub.record(known)["subject"].string == "Callback request from Dora")
            #expect(try hub.record(unknown)["regardingobjectid"].string == nil)
            #expect(try await hub.column("regarding_id", of: known) == Self.dora.lowercase)
            #expect(try await hub.column("match_rule", of: known) == "only_entry")
            #expect(try await hub.column("match_rule", of: unknown) == "unknown")
            #expect(try await hub.told(known, "written", "match") == "only_entry")
            #expect(try await hub.regarding(known) == "contact \(Self.dora.lowercase): nobody else has this number")
            #expect(try await hub.regarding(unknown) == "nobody: nobody in the directory has this number")
        }
    }

    @Test func untilTheDirectoryIsCompleteDynamicsIsAsked() async throws {
        try await CallbackHub.with { hub in
            // Two share a number, and only one of them is loaded yet; of another number the one who has it is not.
            let other = "+358501239999"
            try await hub.add(Self.dora, "Dora")
            try hub.seed(Self.dirk, "Dirk", numbers: [CallbackHub.number, other])
            try await hub.profile()
            let (shared, own) = (hub.request(), hub.request(other))
            try await hub.sync()
            #expect(try hub.record(shared)["regardingobjectid"].string == nil)
            #expect(try hub.record(own)["regardingobjectid"].string == Self.dirk.lowercase)
            #expect(try hub.record(own)["subject"].string == "Callback request from Dirk")
            #expect(try await hub.column("match_rule", of: shared) == "dynamics_ambiguous")
            #expect(try await hub.column("match_rule", of: own) == "dynamics")
        }
    }

    @Test func aRequestWaitsUntilDynamicsSaysWhoseItIs() async throws {
        try await CallbackHub.with { hub in
            try hub.seed(Self.dora, "Dora")
            try await hub.profile()
            try await hub.run(CallbackJobs.poll)
            hub.sandbox.faults.replace(with: [Fault(.garbage, on: .dataverse, path: "$batch", times: 1)])
            let id = hub.request()
            try await hub.run(CallbackJobs.poll)
            try await eventually("it is written") {
                try await hub.hurry()
                return try await hub.state(id) == "written"
            }
            #expect(try hub.record(id)["regardingobjectid"].string == Self.dora.lowercase)
        }
    }

    @Test func ofSeveralTheOneWhomThePhoneCallsOwnerLooksAfterIsMeant() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.add(Self.dora, "Dora", owner: CallbackHub.ann)
            try await hub.add(Self.dirk, "Dirk", owner: CallbackHub.bob)
            try await hub.profile(ownership: "queue_owner")
            let id = hub.request()
            try await hub.sync()
            #expect(try hub.record(id)["regardingobjectid"].string == Self.dora.lowercase)
            #expect(try await hub.column("match_rule", of: id) == "owner_is_agent")
        }
    }

    @Test func whatRegardsNobodySaysWhy() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.profile()
            let withheld = hub.request("anonymous")
            try await hub.sync()
            #expect(try await hub.column("match_rule", of: withheld) == "no_number")
            try await hub.set("RegardingLookup", "false")
            let off = hub.request()
            try await hub.sync()
            #expect(try await hub.column("match_rule", of: off) == "off")
        }
    }

    @Test func aNumberOfSeveralGoesOnTheListAndADecisionLinksWhatIsOpen() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.add(Self.dora, "Dora")
            try await hub.add(Self.dirk, "Dirk")
            try await hub.profile()
            let (first, ended) = (hub.request(), hub.request(ago: 100))
            try await hub.sync()
            #expect(try await hub.column("match_rule", of: first) == "ambiguous")
            #expect(try await hub.regarding(first)?.hasPrefix("nobody: several have this number") == true)
            #expect(try await hub.count("SELECT calls FROM hub.directory_ambiguity WHERE number = '\(CallbackHub.number)'") == 2)
            try hub.end(ended)
            try await hub.run(CallbackJobs.follow)
            try await hub.decide(.chosen(RowReference(.contact, Self.dirk)))
            try await hub.quiet()
            #expect(try hub.record(first)["regardingobjectid"].string == Self.dirk.lowercase)
            #expect(try await hub.column("regarding_id", of: first) == Self.dirk.lowercase)
            #expect(try await hub.regarding(first)?.hasSuffix("an administrator chose it for this number") == true)
            #expect(try await hub.told(first, "linked", "match") == "decided")
            #expect(try hub.record(ended)["regardingobjectid"].string == nil)
            // Another decision moves the hub's own link; that it is nobody's takes none away.
            try await hub.decide(.chosen(RowReference(.contact, Self.dora)))
            try await hub.quiet()
            #expect(try hub.record(first)["regardingobjectid"].string == Self.dora.lowercase)
            try await hub.decide(.nobody)
            try await hub.quiet()
            #expect(try hub.record(first)["regardingobjectid"].string == Self.dora.lowercase)
            let next = hub.request()
            try await hub.sync()
            #expect(try await hub.column("match_rule", of: next) == "decided_nobody")
        }
    }

    @Test func aDecisionWaitsForTheDirectoryToBeCompleteAgain() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.add(Self.dora, "Dora")
            try await hub.add(Self.dirk, "Dirk")
            try await hub.profile()
            let request = hub.request()
            try await hub.sync()
            try await hub.isComplete(false)
            try await hub.decide(.chosen(RowReference(.contact, Self.dirk)))
            try await hub.quiet()
            #expect(try hub.record(request)["regardingobjectid"].string == nil)
            try await hub.isComplete(true)
            try await hub.database.execute(Statement("", "UPDATE hub.job_later SET run_at = now()"))
            try await hub.quiet()
            #expect(try hub.record(request)["regardingobjectid"].string == Self.dirk.lowercase)
        }
    }

    @Test func whatIncompletenessCameInTheWayOfIsLookedAtAgain() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.profile()
            let request = hub.request()
            try await hub.sync()
            try await hub.add(Self.dora, "Dora")
            // The news was taken note of, and its job comes while the directory is read anew.
            try await hub.database.execute(
                CallbackMatchStore.note, [hub.tenant, try await Int64(hub.count("SELECT max(version) FROM hub.directory_state"))])
            try await hub.isComplete(false)
            _ = try await JobQueue(database: hub.database).enqueue([
                CallbackJobs.relate(request, number: CallbackHub.number, tenant: hub.tenant, tenantName: "demo")
            ])
            try await hub.quiet()
            #expect(try hub.record(request)["regardingobjectid"].string == nil)
            try await hub.isComplete(true)
            try await hub.run(CallbackJobs.match)
            try await hub.quiet()
            #expect(try hub.record(request)["regardingobjectid"].string == Self.dora.lowercase)
        }
    }

    @Test func whoAppearsWhileARequestIsUnderWayIsLinked() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.profile()
            try await hub.run(CallbackJobs.match)
            let id = try await hub.underWay()
            try await hub.add(Self.dora, "Dora")
            try await hub.run(CallbackJobs.match)
            #expect(try await hub.state(id) == "pending")
            try await hub.quiet()
            #expect(try await hub.state(id) == "written")
            #expect(try hub.record(id)["regardingobjectid"].string == Self.dora.lowercase)
            #expect(try await hub.column("match_rule", of: id) == "only_entry")
        }
    }

    @Test func aDecisionMadeWhileARequestIsUnderWayIsApplied() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.add(Self.dora, "Dora")
            try await hub.add(Self.dirk, "Dirk")
            try await hub.profile()
            let id = try await hub.underWay()
            try await hub.decide(.chosen(RowReference(.contact, Self.dirk)))
            try await hub.quiet()
            #expect(try await hub.state(id) == "written")
            #expect(try hub.record(id)["regardingobjectid"].string == Self.dirk.lowercase)
        }
    }

    @Test func aChoiceIsFollowedThroughSeveralMerges() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            let last = UUID()
            for (id, name) in [(Self.dora, "Dora"), (Self.dirk, "Dirk"), (last, "Dan")] { try await hub.add(id, name) }
            try await hub.profile()
            try await hub.decide(.chosen(RowReference(.contact, Self.dora)))
            let open = hub.request(ago: 300)
            try await hub.sync()
            #expect(try hub.record(open)["regardingobjectid"].string == Self.dora.lowercase)
            // Dynamics links what is open to the master of a merge; the second merge it has yet to do.
            try await hub.merge(Self.dora, into: Self.dirk)
            try await hub.merge(Self.dirk, into: last)
            try hub.sandbox.dataverse.edit(
                "phonecalls", id: try hub.record(open).id,
                ["regardingobjectid_contact_phonecall@odata.bind": .string("/contacts(\(Self.dirk.lowercase))")])
            let next = hub.request(ago: 100)
            try await hub.sync()
            #expect(try hub.record(next)["regardingobjectid"].string == last.lowercase)
            #expect(try await hub.column("match_rule", of: next) == "decided")
            // The merge's hand is no human's.
            _ = try await JobQueue(database: hub.database).enqueue([
                CallbackJobs.relate(open, number: CallbackHub.number, tenant: hub.tenant, tenantName: "demo")
            ])
            try await hub.quiet()
            #expect(try hub.record(open)["regardingobjectid"].string == last.lowercase)
            #expect(try await hub.story(open).last == "linked")
        }
    }

    @Test func whoAppearsLaterIsLinkedUnlessAHumanHadAHandInIt() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.profile()
            let numbers = ["+358501111111", "+358502222222", "+358503333333"]
            let ids = numbers.map { hub.request($0) }
            let (plain, chosen, taken) = (ids[0], ids[1], ids[2])
            try await hub.sync()
            try hub.seed(Self.dirk, "Dirk", numbers: [])
            // A colleague links one to somebody else and takes another.
            try hub.sandbox.dataverse.edit(
                "phonecalls", id: try hub.record(chosen).id,
                ["regardingobjectid_contact_phonecall@odata.bind": .string("/contacts(\(Self.dirk.lowercase))")])
            try hub.sandbox.dataverse.edit(
                "phonecalls", id: try hub.record(taken).id,
                ["ownerid@odata.bind": .string("/systemusers(\(CallbackHub.ann.lowercase))")])
            try await hub.run(CallbackJobs.match)
            var contacts: [UUID] = []
            for number in numbers {
                contacts.append(UUID())
                try await hub.add(contacts[contacts.count - 1], "Late", number)
            }
            try await hub.run(CallbackJobs.match)
            try await hub.quiet()
            for (id, contact) in [(plain, contacts[0]), (taken, contacts[2])] {
                #expect(try hub.record(id)["regardingobjectid"].string == contact.lowercase)
                #expect(try await hub.column("match_rule", of: id) == "only_entry")
            }
            #expect(try hub.isCalled(contacts[0], in: plain) == true)
            #expect(try hub.isCalled(contacts[2], in: taken) == false)
            #expect(try hub.record(taken)["ownerid"].string == CallbackHub.ann.lowercase)
            #expect(try hub.record(chosen)["regardingobjectid"].string == Self.dirk.lowercase)
            #expect(try await hub.column("regarding_id", of: chosen) == nil)
            #expect(try await hub.story(chosen).last == "kept_for_human")
            // Nothing is left to do.
            let stories = try await hub.story(plain)
            try await hub.run(CallbackJobs.match)
            try await hub.quiet()
            #expect(try await hub.story(plain) == stories)
            #expect(stories.last == "linked")
        }
    }
}

extension CallbackHub {
    /// Without a word of news: as while a table is read anew.
    func isComplete(_ isComplete: Bool) async throws {
        try await database.execute(
            Statement("", "UPDATE hub.directory_state SET is_complete = $2 WHERE tenant_id = $1"), [tenant, isComplete])
    }

    /// What `why` says of whom a request is with.
    func regarding(_ callback: UUID) async throws -> String? {
        let row = try await CallbackRowStore(database: database).rows(id: callback, tenant: nil).first
        return row.flatMap { CallbackStory(callback: $0, events: []).facts.first { $0.0 == "regarding" }?.1 }
    }

    /// An administrator decides about the number.
    func decide(_ decision: DirectoryDecision) async throws {
        let tenant = try await Operations.TenantStore(database: database).named("demo")
        try await MatchStore(database: database).decide(
            Self.number, decision, tenant: tenant, who: "jane", note: nil, past: nil)
    }

    /// A request whose number was looked up, and whose phone call is being written.
    func underWay() async throws -> UUID {
        // Long enough for whatever a test does meanwhile, on a machine that has much else to do.
        sandbox.faults.replace(with: [Fault(.slow, on: .dataverse, seconds: 8, path: "$batch", times: 1)])
        let id = request()
        try await run(CallbackJobs.poll)
        try await eventually("it is being written") { sandbox.faults.struck["dataverse.slow"] == 1 }
        return id
    }

    /// Two contacts of the directory are merged.
    func merge(_ loser: UUID, into master: UUID) async throws {
        try await database.execute(
            Statement(
                "", "UPDATE hub.directory_entry SET merged_into = $3, is_active = false WHERE tenant_id = $1 AND entry_id = $2"),
            [tenant, loser, master])
        _ = try await database.query(Statement("", "SELECT hub.directory_changed($1, ARRAY[$2::uuid])"), [tenant, loser])
    }

    /// Somebody makes the phone call.
    func end(_ callback: UUID) throws {
        try sandbox.dataverse.edit(
            "phonecalls", id: try record(callback).id, ["statecode": 1, "statuscode": 2], as: Self.ann.lowercase)
    }

    func isCalled(_ contact: UUID, in callback: UUID) throws -> Bool {
        sandbox.dataverse.parties(of: try record(callback).id).contains { $0.mask == 2 && $0.id == contact.lowercase }
    }

    var directory: StoredDirectory { StoredDirectory(database, tenant: tenant) }

    /// A contact of Dynamics.
    func seed(_ id: UUID, _ name: String, numbers: [String] = [number]) throws {
        let (first, second) = (numbers.first, numbers.dropFirst().first)
        try sandbox.dataverse.seed(
            "contacts",
            [
                [
                    "contactid": .string(id.lowercase), "lastname": .string(name),
                    "telephone1": first.map(JSON.string) ?? .null, "mobilephone": second.map(JSON.string) ?? .null,
                ]
            ])
    }

    /// A contact of Dynamics that is in the directory, too.
    func add(_ id: UUID, _ name: String, _ number: String = number, owner: UUID? = nil) async throws {
        try seed(id, name, numbers: [number])
        try await directory.add(id, name, number, owner: owner)
    }
}
