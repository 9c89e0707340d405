import Foundation
import Model
import Postgres
import Privacy
import Sandbox
import TestSupport
import Testing

@testable import CallSync
@testable import CallbackSync

/// A number from both vendors through every table and out again, with everything real between the two simulated vendors.
@Suite(.database, .timeLimit(.minutes(15))) struct EraseTests {
    /// Calls and requests of the number, in all the ways in which it comes.
    private struct Traces {
        let written: UUID
        let national: UUID
        let missed: UUID
        let transferred: UUID
        let touched: UUID
        let others: UUID
        let callback: UUID
        let nationalCallback: UUID
        let othersCallback: UUID

        init(_ hub: PrivacyHub) {
            written = hub.call(from: PrivacyHub.number)
            national = hub.call(from: "050 123 4567", ago: 900)
            missed = hub.call(from: "00358 50 123 4567", seconds: 0, answered: false, ago: 1200)
            transferred = hub.call(from: "+358441112223", ago: 1500)
            hub.call(transferred, from: PrivacyHub.annsNumber, to: "+358 (0)50 1234567", inbound: false, ago: 1440)
            touched = hub.call(from: "358501234567", ago: 2400)
            hub.call(nil, from: "0501234567", ago: 3600)
            hub.call(from: PrivacyHub.number, ago: 4000, privacy: "Private")
            others = hub.call(from: PrivacyHub.other, ago: 600)
            callback = hub.request(PrivacyHub.number, note: "Chloé, 050 123 4567")
            nationalCallback = hub.request("050-1234567", ago: 120)
            othersCallback = hub.request(PrivacyHub.other)
        }
    }

    /// What people and other parts of the hub left behind.
    private func scatter(_ hub: PrivacyHub) async throws {
        try await hub.execute(
            "INSERT INTO hub.operator_action (tenant_id, who, action, target, detail) VALUES ($1, 'jane', 'matches.decide', $2, $3::text::jsonb)",
            [hub.tenant, PrivacyHub.number, #"{"number": "0501234567", "past": 3}"#])
        try await hub.execute(
            "SELECT hub.change_setting($1, 'BlockedNumbers', '+358401111111,\(PrivacyHub.number)', 'test')", [hub.tenant])
        try await hub.execute(
            """
            INSERT INTO hub.route_decision (
                tenant_id, at, seq, instance_id, anum, bnum, masked, outcome, reason, took_us, question, trace)
            VALUES ($1, now(), 1, gen_random_uuid(), '050 123 4567', '+3589310001', false, 'standard', 'no_rule', 5,
                '{"at": 1, "who": "number", "caller": {"kind": "contact"}, "extras": [{"name": "customer", "value": "17"}]}', '["contact"]')
            """, [hub.tenant])
        try await hub.execute(
            "INSERT INTO hub.route_number (tenant_id, number, segment) VALUES ($1, $2, 'VIP')", [hub.tenant, PrivacyHub.number])
        try await hub.execute(
            "INSERT INTO hub.directory_ambiguity VALUES ($1, $2, 3, 2, now(), now())", [hub.tenant, PrivacyHub.number])
        try await hub.execute(
            """
            INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, key, payload, error)
            SELECT 900000000, 1, $1, queue_id, kind_id, lane, 8, 8, $2, jsonb_build_object('number', $2::text),
                jsonb_build_object('code', 'permanent', 'message', 'Dynamics refuses 050 123 4567')
            FROM hub.job_done WHERE id = (SELECT min(id) FROM hub.job_done)
            """, [hub.tenant, PrivacyHub.number])
        try await hub.execute(
            "UPDATE hub.job_done SET note = 'the number +358 50 123 45 67 is refused', error = '{\"message\": \"0501234567\"}' WHERE id = (SELECT min(id) FROM hub.job_done)"
        )
    }

    private func erase(_ hub: PrivacyHub, _ more: String...) async throws -> CommandProcess.Outcome {
        // It waits for other tests' transactions, too, which are on the same server: one may insert a million rows.
        let arguments =
            ["erase", "--number", "+358 50 123 4567", "--why", "request of 3 March", "--yes", "--wait", "600"] + more
        return try await CommandProcess(
            arguments, database: try await hub.operatorLogin(), environment: ["TRUNKLINE_PRIVACY_KEY": PrivacyHub.key]
        ).outcome()
    }

    @Test func `an erased number is nowhere in the hub and nowhere in its phone calls, and nobody else's is touched`()
        async throws
    {
        try await PrivacyHub.with { hub in
            let traces = Traces(hub)
            try await hub.readDirectory()
            try await hub.sync()
            try await scatter(hub)
            #expect(try await hub.state(traces.written) == "written")
            #expect(try await hub.callbackState(traces.callback) == "written")
            try hub.sandbox.dataverse.edit(
                "phonecalls", id: try hub.record(traces.touched).id,
                ["description": "Call back on 050 123 4567, or +358 40 999 8888"])
            #expect(try await !NumberSearch.places(PrivacyHub.digits, in: hub.database).isEmpty)

            let run = try await erase(hub)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await NumberSearch.places(PrivacyHub.digits, in: hub.database) == [])

            #expect(try await hub.state(traces.written) == "withdrawn(erased_deleted)")
            #expect(try await hub.state(traces.national) == "withdrawn(erased_deleted)")
            #expect(try await hub.state(traces.missed) == "skipped(erased)")
            #expect(try await hub.state(traces.transferred) == "withdrawn(erased_deleted)")
            #expect(try await hub.state(traces.touched) == "written(erased_masked)")
            for call in [traces.written, traces.national, traces.transferred] { #expect(hub.records(call).isEmpty) }
            for callback in [traces.callback, traces.nationalCallback] {
                #expect(hub.records(callback).isEmpty)
                #expect(try await hub.callbackState(callback) == "written(erased)")
            }
            let touched = try hub.record(traces.touched)
            #expect(touched["phonenumber"].string == nil)
            #expect(touched["description"].string == "Call back on …, or +358 40 999 8888")
            for row in hub.sandbox.dataverse.phoneCalls() {
                #expect(!"\(row)".filter(\.isNumber).contains(PrivacyHub.digits))
                #expect(
                    !hub.sandbox.dataverse.parties(of: row.id).contains { "\($0)".filter(\.isNumber).contains(PrivacyHub.digits) }
                )
            }

            #expect(try await hub.state(traces.others) == "written")
            #expect(try hub.record(traces.others)["phonenumber"].string == PrivacyHub.other)
            #expect(try hub.record(traces.othersCallback)["phonenumber"].string == PrivacyHub.other)
            #expect(try await hub.text("SELECT value FROM hub.setting ORDER BY version DESC LIMIT 1") == "+358401111111,")
            #expect(try await hub.isBalanced())
        }
    }

    @Test func `a request that has the number in its note is erased in the line of its own number`() async throws {
        try await PrivacyHub.with { hub in
            let callback = hub.request(PrivacyHub.other, note: "or call 050 123 4567")
            try await hub.sync()
            #expect(try await hub.callbackState(callback) == "written")
            #expect(try await erase(hub).status == 0)
            let line = try await hub.text("SELECT key FROM hub.jobs WHERE kind = 'callback.erase' ORDER BY id DESC LIMIT 1")
            #expect(line == CallbackJobs.line(number: PrivacyHub.other, tenantName: "demo"))
        }
    }

    @Test func `the number goes from a side on which somebody else was linked beside it`() async throws {
        try await PrivacyHub.with { hub in
            let call = hub.call(from: PrivacyHub.number)
            try await hub.sync()
            let id = try hub.record(call).id
            try hub.sandbox.dataverse.edit(
                "phonecalls", id: id,
                [
                    "phonecall_activity_parties": [
                        [
                            "participationtypemask": 1, "unresolvedpartyname": .string(PrivacyHub.number),
                            "addressused": .string(PrivacyHub.number),
                        ],
                        [
                            "participationtypemask": 1,
                            "partyid_contact@odata.bind": .string("/contacts(\(PrivacyHub.chloe.lowercase))"),
                        ],
                    ]
                ])
            #expect(try await erase(hub).status == 0)
            let parties = hub.sandbox.dataverse.parties(of: id)
            #expect(!parties.contains { "\($0)".filter(\.isNumber).contains(PrivacyHub.digits) })
            #expect(parties.contains { "\($0)".lowercased().contains(PrivacyHub.chloe.lowercase) })
        }
    }

    @Test func `neither polling nor backfill nor webhook nor directory brings it back, and the day balances`() async throws {
        try await PrivacyHub.with { hub in
            let traces = Traces(hub)
            try await hub.sync()
            try await hub.readDirectory()
            #expect(try await erase(hub).status == 0)
            let before = try await hub.count("SELECT count(*) FROM hub.call")

            // Everything Enreach had is shown once more, changed, and there is more of it.
            hub.sandbox.enreach.alter(call: traces.written) { $0.duration = 90 }
            hub.sandbox.enreach.alter(call: traces.touched) { $0.duration = 90 }
            let new = hub.call(from: "+358 50 123 4567", ago: 30)
            let told = hub.call(from: PrivacyHub.number, ago: 20)
            let request = hub.request("0501234567", note: "again")
            hub.call(nil, from: "0501234567", ago: 50)
            try hub.sandbox.dataverse.edit(
                "contacts", id: PrivacyHub.chloe.lowercase, ["firstname": "Chloë", "telephone1": "+358 50 1234567"])
            try await hub.tell(told)
            try await hub.execute("DELETE FROM hub.watermark")
            try await hub.sync()
            try await hub.backfill()
            try await hub.execute("UPDATE hub.directory_load SET resync_wanted = true")
            try await hub.readDirectory()

            #expect(try await NumberSearch.places(PrivacyHub.digits, in: hub.database) == [])
            for call in [new, told] {
                #expect(try await hub.state(call) == "skipped(erased)")
                #expect(hub.records(call).isEmpty)
            }
            #expect(try await hub.callbackState(request) == "skipped(erased)")
            #expect(hub.records(request).isEmpty)
            #expect(try await hub.state(traces.written) == "withdrawn(erased_deleted)")
            #expect(hub.records(traces.written).isEmpty)
            #expect(try await hub.state(traces.touched) == "withdrawn(erased_deleted)")
            // The three new ones, and the one without an id, which comes again under another.
            #expect(try await hub.count("SELECT count(*) FROM hub.call") == before + 4)
            #expect(try await hub.isBalanced())
            #expect(try await hub.text("SELECT name FROM hub.directory_entry") == "Chloë")
            #expect(try await hub.count("SELECT count(*) FROM hub.directory_number") == 0)
            let seen = try await hub.text(
                "SELECT skipped_by_reason ->> 'erased' FROM report.daily_balance ORDER BY day DESC LIMIT 1")
            #expect(Int(seen ?? "") ?? 0 >= 4)
        }
    }

    @Test func `phone calls can be kept as they are, and the hub forgets all the same`() async throws {
        try await PrivacyHub.with { hub in
            let call = hub.call(from: PrivacyHub.number)
            let request = hub.request(PrivacyHub.number)
            try await hub.sync()
            let run = try await erase(hub, "--keep-dynamics")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await NumberSearch.places(PrivacyHub.digits, in: hub.database) == [])
            #expect(try await hub.state(call) == "written(erased_kept)")
            #expect(try hub.record(call)["phonenumber"].string == PrivacyHub.number)
            #expect(try hub.record(request)["phonenumber"].string == PrivacyHub.number)
            let receipt = try JSONDecoder().decode(ErasureReceipt.self, from: Data(run.output.utf8))
            #expect(receipt.dynamics == ["kept": 2] && receipt.dynamicsRule == "kept")
        }
    }

    @Test(arguments: [("mask", 1, true), ("delete-all", 0, false)])
    func `the setting says whether phone calls are masked or deleted`(rule: String, records: Int, isMasked: Bool) async throws {
        try await PrivacyHub.with { hub in
            let call = hub.call(from: PrivacyHub.number)
            let touched = hub.call(from: PrivacyHub.number, ago: 2000)
            try await hub.execute("SELECT hub.change_setting($1, 'EraseRule', $2, 'test')", [hub.tenant, rule])
            try await hub.execute("SELECT hub.change_setting($1, 'RegardingLookup', 'false', 'test')", [hub.tenant])
            try await hub.sync()
            try hub.sandbox.dataverse.edit("phonecalls", id: try hub.record(touched).id, ["subject": "Mine"])
            #expect(try await erase(hub).status == 0)
            for call in [call, touched] {
                #expect(hub.records(call).count == records)
                for record in hub.records(call) {
                    #expect(record["phonenumber"].string == nil)
                    #expect(record["statecode"] == 1)
                    let parties = hub.sandbox.dataverse.parties(of: record.id)
                    #expect(!parties.isEmpty && !parties.contains { "\($0)".contains(PrivacyHub.digits) })
                }
            }
            if isMasked { #expect(try hub.record(call)["subject"].string == "Inbound call from …") }
        }
    }

    @Test("What an agent's own client or a person wrote stays, without the number", arguments: [true, false])
    func adopted(takesUpdatesOfCompleted: Bool) async throws {
        try await PrivacyHub.with(change: { $0.dataverse.updatesOfClosedActivities = takesUpdatesOfCompleted }) { hub in
            let call = hub.call(from: PrivacyHub.number)
            try hub.sandbox.dataverse.seed(
                "phonecalls",
                [
                    [
                        "subject": "Chat with 050 123 4567", "phonenumber": .string(PrivacyHub.number), "directioncode": false,
                        "scheduledstart": .string(DataverseTime.text(hub.now.addingTimeInterval(-300))),
                        "ownerid@odata.bind": .string("/systemusers(\(PrivacyHub.annInDynamics.lowercase))"),
                    ]
                ], as: PrivacyHub.annInDynamics.lowercase)
            let request = hub.request(PrivacyHub.number)
            try await hub.sync()
            #expect(try await hub.state(call) == "adopted")
            try hub.sandbox.dataverse.edit("phonecalls", id: try hub.record(request).id, ["description": "Said: 0501234567."])
            let run = try await erase(hub)
            #expect(run.status == 0, "\(run.errors)")
            let receipt = try JSONDecoder().decode(ErasureReceipt.self, from: Data(run.output.utf8))
            #expect(receipt.dynamics == ["masked": 2])
            #expect(try await hub.state(call) == "adopted(erased_masked)")
            let record = try hub.record(call)
            #expect(record["subject"].string == "Chat with …" && record["phonenumber"].string == nil && record["statecode"] == 1)
            #expect(try hub.record(request)["description"].string == "Said: ….")
            #expect(try await NumberSearch.places(PrivacyHub.digits, in: hub.database) == [])
            #expect(try await hub.isBalanced())
        }
    }

    @Test func `a number that is the tenant's own, or that people keep elsewhere, is refused with the reason`() async throws {
        try await PrivacyHub.with { hub in
            try await hub.sync()
            let own = try await hub.command("erase", "--number", PrivacyHub.annsNumber, "--why", "test", "--yes").outcome()
            #expect(own.status == 1 && own.errors.contains("one of the tenant's own numbers"))
            try await hub.execute(
                "INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by) VALUES ($1, 1, 'callers: [\"\(PrivacyHub.number)\"]', 1, 'test')",
                [hub.tenant])
            let ruled = try await erase(hub)
            #expect(ruled.status == 1 && ruled.errors.contains("routing rules in force"))
            let named = try await hub.command(
                "erase", "--number", PrivacyHub.number, "--why", "from 050 123 4567", "--yes"
            ).outcome()
            #expect(named.status == 64)
            let keyless = try await hub.command(
                "erase", "--number", PrivacyHub.number, "--why", "test", "--yes", key: nil
            ).outcome()
            #expect(keyless.status == 78 && keyless.errors.contains("privacy.key_file"))
            #expect(try await hub.count("SELECT count(*) FROM hub.erased_number") == 0)
        }
    }

    @Test func `the plan counts and changes nothing, and without a yes nothing is done`() async throws {
        try await PrivacyHub.with { hub in
            hub.call(from: PrivacyHub.number)
            try await hub.sync()
            let plan = try await hub.command(
                "erase", "--number", PrivacyHub.number, "--why", "test", "--plan", "--format", "json"
            ).outcome()
            #expect(plan.status == 0, "\(plan.errors)")
            struct Line: Decodable { let table: String, rows: Int }
            let lines = try JSONDecoder().decode([Line].self, from: Data(plan.output.utf8))
            #expect(lines.first { $0.table == "hub.call" }?.rows == 1)
            let unsure = try await hub.command("erase", "--number", PrivacyHub.number, "--why", "test").outcome()
            #expect(unsure.status == 64)
            #expect(try await hub.count("SELECT count(*) FROM hub.erasure") == 0)
            #expect(try await !NumberSearch.places(PrivacyHub.digits, in: hub.database).isEmpty)
        }
    }
}
