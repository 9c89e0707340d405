import DynamicsSolution
import Foundation
import Testing

@testable import Operations
@testable import TrunklineCommand

/// What each check makes of what it read; no database needed.
@Suite struct DoctorJudgementTests {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func levels(_ findings: [Finding]) -> [Finding.Level] { findings.map(\.level) }

    @Test func `a standby and an old server are failures`() {
        #expect(levels(ConnectionCheck().judge(major: 15, isStandby: false, text: "")) == [.ok])
        #expect(levels(ConnectionCheck().judge(major: 15, isStandby: true, text: "")) == [.failure])
        #expect(levels(ConnectionCheck().judge(major: 14, isStandby: false, text: "")) == [.failure])
    }

    @Test func `fsync and autovacuum have to be on`() {
        let good = [
            "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "on", "track_counts": "on",
        ]
        #expect(levels(ServerSettingsCheck.judge(good)) == [.ok])
        #expect(levels(ServerSettingsCheck.judge(good.merging(["fsync": "off"]) { $1 })) == [.failure])
        #expect(levels(ServerSettingsCheck.judge(good.merging(["autovacuum": "off"]) { $1 })) == [.failure])
        #expect(levels(ServerSettingsCheck.judge(good.merging(["synchronous_commit": "off"]) { $1 })) == [.warning])
    }

    @Test func `missing roles and strange owners are told`() {
        let wanted = Set(RolesCheck().wanted)
        func judge(_ roles: Set<String>, strangers: [String] = [], isOperator: Bool = true) -> [Finding.Level] {
            levels(
                RolesCheck().judge(
                    roles: roles, strangers: strangers, isSuperuser: false, isOperator: isOperator, user: "jane"))
        }
        #expect(judge(wanted) == [.ok])
        #expect(judge(wanted, strangers: ["hub.mine"]) == [.failure])
        #expect(judge(wanted, isOperator: false) == [.warning])
        #expect(judge(wanted.subtracting(["trunkline_router"])) == [.failure])
    }

    @Test func `many missing privileges of a role are one finding, with the statements that give them`() {
        let missing = (1...7).map { Grant(role: "trunkline_router", kind: .table, privilege: "SELECT", object: "hub.t\($0)") }
        let findings = PrivilegesCheck.judge(missing: missing, powerful: [])
        #expect(findings.count == 1)
        #expect(findings[0].text.hasSuffix("SELECT on hub.t5 and 2 more"))
        #expect(findings[0].remedy?.hasPrefix("as the owner: GRANT SELECT ON hub.t1 TO trunkline_router; GRANT") == true)
        #expect(levels(PrivilegesCheck.judge(missing: [], powerful: [("router", "postgres")])) == [.warning])
        #expect(
            Grant(role: "r", kind: .column, privilege: "UPDATE", object: "hub.instance.seen_at").statement
                == "GRANT UPDATE (seen_at) ON hub.instance TO r")
        #expect(
            Grant(role: "r", kind: .function, privilege: "EXECUTE", object: "hub.f(integer,text)").statement
                == "GRANT EXECUTE ON FUNCTION hub.f(integer,text) TO r")
    }

    @Test func `partitions have to reach two days ahead`() {
        func judge(_ days: Double?) -> [Finding.Level] {
            levels(
                PartitionsCheck.judge(
                    [.init(table: "hub.timeline", until: days.map { Self.now.addingTimeInterval($0 * 86_400) })], now: Self.now))
        }
        #expect(judge(3) == [.ok])
        #expect(judge(1) == [.warning])
        #expect(judge(-1) == [.failure])
        #expect(judge(nil) == [.failure])
    }

    @Test func `the oldest snapshot is named with its holder`() {
        func judge(_ seconds: Double?, age: Int64 = 10) -> Finding {
            SnapshotCheck().judge([
                .init(who: "session 4711 of dba", seconds: seconds, age: age, remedy: "SELECT pg_terminate_backend(4711)")
            ])[0]
        }
        #expect(judge(10).level == .ok)
        #expect(judge(600).level == .warning)
        #expect(judge(7200).level == .failure)
        #expect(judge(7200).text == "the oldest is held for 2 h 00 min by session 4711 of dba")
        #expect(judge(7200).remedy == "SELECT pg_terminate_backend(4711)")
        #expect(judge(nil, age: 20_000_000).level == .failure)
        #expect(levels(SnapshotCheck().judge([])) == [.ok])
    }

    @Test func `many dead rows over few live ones are a warning`() {
        func judge(live: Int64, dead: Int64) -> [Finding.Level] {
            levels(
                DeadRowsCheck().judge([.init(table: "hub.job_ready", live: live, dead: dead, bytes: 1 << 30, vacuumedAt: nil)]))
        }
        #expect(judge(live: 1000, dead: 100_000) == [.ok])
        #expect(judge(live: 1_000_000, dead: 900_000) == [.ok])
        #expect(judge(live: 1000, dead: 900_000) == [.warning])
    }

    @Test func `expired workers, orphaned jobs and no worker at all are told`() {
        let live = WorkersCheck.Worker(
            number: 1, place: "call-sync on a (pid 1)", expiresAt: Self.now.addingTimeInterval(10), draining: false, leases: 5)
        var dead = live
        dead.expiresAt = Self.now.addingTimeInterval(-5)
        #expect(levels(WorkersCheck.judge([live], orphans: 0, now: Self.now)) == [.ok])
        #expect(levels(WorkersCheck.judge([live, dead], orphans: 0, now: Self.now)) == [.warning])
        #expect(levels(WorkersCheck.judge([live], orphans: 3, now: Self.now)) == [.warning])
        #expect(levels(WorkersCheck.judge([dead], orphans: 0, now: Self.now)) == [.warning, .failure])
        #expect(levels(WorkersCheck.judge([], orphans: 0, now: Self.now)) == [.failure])
    }

    @Test func `jobs that wait too long are told, a backfill may wait`() {
        func judge(lane: Int16, minutes: Double, pauses: [String] = []) -> [Finding.Level] {
            levels(
                WaitingJobsCheck.judge(
                    [
                        .init(
                            queue: "default", kind: "call.write", lane: lane, jobs: 9,
                            oldestAt: Self.now.addingTimeInterval(-minutes * 60),
                            countedAt: Self.now)
                    ], pauses: pauses, running: ["call-sync"], now: Self.now))
        }
        #expect(judge(lane: 0, minutes: 0.5) == [.ok])
        #expect(judge(lane: 0, minutes: 5) == [.warning])
        #expect(judge(lane: 0, minutes: 50) == [.failure])
        #expect(judge(lane: 3, minutes: 500) == [.ok])
        #expect(judge(lane: 0, minutes: 0.5, pauses: ["call.write of every tenant paused by jane"]) == [.warning])
    }

    @Test func `jobs that wait for a program that does not run name it`() {
        func remedy(_ queue: String, running: Set<String>) -> String? {
            WaitingJobsCheck.judge(
                [
                    .init(
                        queue: queue, kind: "x", lane: 0, jobs: 9, oldestAt: Self.now.addingTimeInterval(-300),
                        countedAt: Self.now)
                ], pauses: [], running: running, now: Self.now)[0].remedy
        }
        for (queue, program) in WaitingJobsCheck.programs {
            #expect(remedy(queue, running: []) == "no \(program) runs: start it")
            #expect(remedy(queue, running: [program])?.hasPrefix("more instances of \(program)") == true)
        }
        #expect(Set(WaitingJobsCheck.programs.values) == ["call-sync", "user-sync", "callback-sync"])
        #expect(remedy("other", running: [])?.contains("queue other") == true)
    }

    @Test func `what Dynamics can't have is not missing`() {
        let tracking = SolutionPart.changeTracking(table: "contact")
        let endpoint = SolutionPart.endpoint(.init(name: "hub", target: nil))
        let there = SolutionFinding(tracking, .present, "on")
        let without = SolutionFinding(endpoint, .unavailable, "no address")
        let missing = SolutionFinding(tracking, .missing, "off")
        let all = SolutionCheck.judge([there], of: "acme")
        #expect(all.level == .ok && all.text == "acme: all 1 parts are there")
        let unseen = SolutionCheck.judge(
            [SolutionFinding(endpoint, .unreadable, "its key is not shown"), SolutionFinding(tracking, .manual, "by hand")],
            of: "acme")
        #expect(unseen.level == .ok && unseen.text == all.text)
        let well = SolutionCheck.judge([there, without], of: "acme")
        #expect(well.level == .ok && well.text.contains("1 parts are there") && well.text.contains("set HubAddress"))
        let bad = SolutionCheck.judge([there, without, missing], of: "acme")
        #expect(bad.level == .warning && bad.text.contains("1 of 3 parts are missing or differ"))
        let other = SolutionCheck.judge([there, SolutionFinding(tracking, .unavailable, "can't be switched on")], of: "acme")
        #expect(other.level == .ok && other.text.contains("can't be switched on") && !other.text.contains("HubAddress"))
    }

    @Test func `a login without the operator's rights is told to take another, not to grant itself some`() {
        let findings = RolesCheck().judge(
            roles: Set(RolesCheck().wanted), strangers: [], isSuperuser: false, isOperator: false, user: "call_sync")
        #expect(findings[0].remedy == "run doctor with an operator's login")
    }

    @Test func `no check's name is cut, and all texts begin in one column`() {
        let lines = Finding.lines([
            .ok("roles", "TEXT"), .warning("ambiguous numbers", "TEXT", remedy: "TEXT"), .skipped("mobile numbers", "TEXT"),
        ]).split(separator: "\n").map(String.init)
        #expect(lines.count == 4 && lines[1].contains("ambiguous numbers TEXT") && lines[3].contains("mobile numbers"))
        let columns = lines.compactMap { line in
            line.firstRange(of: "→").map { $0.lowerBound } ?? line.firstRange(of: "TEXT")?.lowerBound
        }
        #expect(Set(zip(lines, columns).map { $0.distance(from: $0.startIndex, to: $1) }).count == 1)
    }

    @Test func `sources have to be read now and then, by the tenant's own interval`() {
        func judge(_ minutes: Double?, interval: Double? = nil) -> [Finding.Level] {
            let polledAt = minutes.map { Self.now.addingTimeInterval(-$0 * 60) }
            let source = WatermarksCheck.Source(
                tenant: "demo", source: minutes == nil ? nil : "calls", polledAt: polledAt, readUntil: polledAt,
                interval: interval)
            return levels(WatermarksCheck.judge([source], now: Self.now))
        }
        #expect(judge(1) == [.ok])
        #expect(judge(10) == [.warning])
        #expect(judge(10, interval: 3600) == [.ok])
        #expect(judge(100) == [.failure])
        #expect(judge(nil) == [.warning])
        #expect(levels(WatermarksCheck.judge([], now: Self.now)) == [.warning])
    }

    @Test func `killed instances and mixed versions are told`() {
        let good = InstancesCheck.Instance(program: "call-sync", version: "1.0", place: "a (pid 1)", seenAt: Self.now)
        var lost = good
        lost.seenAt = Self.now.addingTimeInterval(-300)
        var newer = good
        newer.version = "1.1"
        #expect(levels(InstancesCheck.judge([good], now: Self.now)) == [.ok])
        #expect(levels(InstancesCheck.judge([good, lost], now: Self.now)) == [.warning])
        #expect(levels(InstancesCheck.judge([good, newer], now: Self.now)) == [.warning])
        #expect(levels(InstancesCheck.judge([], now: Self.now)) == [.warning])
    }

    @Test func `dead jobs are grouped by kind and code`() {
        #expect(levels(DeadJobsCheck.judge([])) == [.ok])
        let findings = DeadJobsCheck.judge([.init(kind: "call.write", code: "0x80040217", jobs: 3)])
        #expect(findings[0].text == "3 of kind call.write: 0x80040217")
    }

    @Test func `each enabled tenant needs an entry that can be used`() {
        func judge(_ enabled: [String], _ entries: [CredentialsCheck.Entry]) -> [Finding.Level] {
            levels(CredentialsCheck.judge(enabled: enabled, entries: entries, path: "trunkline.yaml"))
        }
        #expect(judge(["acme"], [.init(tenant: "acme")]) == [.ok])
        #expect(judge(["acme"], []) == [.failure])
        #expect(judge([], [.init(tenant: "acme")]) == [.warning])
        #expect(judge(["acme"], [.init(tenant: "acme", trouble: "no secret")]) == [.failure])
    }

    @Test func `figures are judged by their bounds`() {
        #expect(ClockCheck.judge(0.4).level == .ok)
        #expect(ClockCheck.judge(-3).level == .warning)
        #expect(ClockCheck.judge(600).level == .failure)
        #expect(ClockCheck.judge(600).text.contains("10 min ahead of"))
        #expect(ReplicasCheck().judge("b", "streaming", seconds: 1, bytes: 100) == nil)
        #expect(ReplicasCheck().judge("b", "streaming", seconds: 45, bytes: 0)?.level == .warning)
        #expect(ReplicasCheck().judge("b", "catchup", seconds: 0, bytes: 32 << 30)?.level == .failure)
        #expect(TransactionIDsCheck().judge(age: 200_000_000) == nil)
        #expect(TransactionIDsCheck().judge(age: 700_000_000)?.level == .warning)
        #expect(TransactionIDsCheck().judge(age: 1_700_000_000)?.level == .failure)
        #expect(BloatCheck().judge("call", nil, bytes: 8 << 30, spare: 1 << 29) == nil)
        #expect(BloatCheck().judge("call", "call_pkey", bytes: 4 << 30, spare: 3 << 30)?.remedy?.contains("REINDEX") == true)
        #expect(WebhooksCheck.judge("acme", "CallEnded", happened: 10, lost: 10) == nil)
        #expect(WebhooksCheck.judge("acme", "CallEnded", happened: 100, lost: 30)?.level == .warning)
        #expect(WebhooksCheck.judge("acme", "CallEnded", happened: 100, lost: 100)?.level == .failure)
        #expect(WebhooksCheck.judge("acme", "CallEnded", happenedInWeek: 4, lost: 4) == nil)
        #expect(WebhooksCheck.judge("acme", "CallEnded", happenedInWeek: 5, lost: 5)?.level == .warning)
        #expect(WebhooksCheck.judge("acme", "CallEnded", happenedInWeek: 40, lost: 38)?.level == .warning)
        #expect(WebhooksCheck.judge("acme", "CallEnded", happenedInWeek: 40, lost: 37) == nil)
        #expect(WebhooksCheck.judge(silent: "acme", isConfigured: false, happened: 50) == nil)
        #expect(WebhooksCheck.judge(silent: "acme", isConfigured: true, happened: 4) == nil)
        #expect(WebhooksCheck.judge(silent: "acme", isConfigured: true, happened: 5)?.level == .warning)
        let now = Date()
        #expect(CertificatesCheck.judge("acme", file: "f", end: now.addingTimeInterval(86_400 * 90), now: now) == nil)
        #expect(CertificatesCheck.judge("acme", file: "f", end: now.addingTimeInterval(86_400), now: now)?.level == .warning)
        #expect(CertificatesCheck.judge("acme", file: "f", end: now.addingTimeInterval(-1), now: now)?.level == .failure)
        #expect(ClientSecretsCheck.judge("acme", key: "k", end: now.addingTimeInterval(86_400 * 31), now: now) == nil)
        #expect(CertificatesCheck.judge("acme", file: "f", end: nil, now: now)?.level == .failure)
    }
}
