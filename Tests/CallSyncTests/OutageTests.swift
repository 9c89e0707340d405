import FoundationEssentials
import Jobs
import Model
import Postgres
import Runtime
import Sandbox
import TestSupport
import Testing

@testable import CallSync

/// A service that is down is no call's fault; a call that makes each request with it fail is.
@Suite(.database, .timeLimit(.minutes(5))) struct OutageTests {
    private func resting(_ hub: TestHub, attempts: Int, _ kind: FaultKind) -> RestingJobs {
        RestingJobs(hub.database, attempts: attempts) { hub.sandbox.faults.struck["dataverse.\(kind.rawValue)"] ?? 0 }
    }

    @Test(
        "An outage that is longer than all attempts loses nothing",
        arguments: [FaultKind.cutBefore, .status500, .status502, .status503, .status504])
    func longOutage(kind: FaultKind) async throws {
        try await TestHub.with { hub in
            let calls = (0..<3).map { hub.call(from: "+35850\(7_000_000 + $0)", ago: Double(200 + $0 * 100)) }
            hub.sandbox.faults.add(Fault(kind, on: .dataverse))
            let jobs = resting(hub, attempts: 2, kind)
            try await hub.run(JobKinds.poll)
            try await jobs.fail(3, times: 6)
            // Wherever they stand: they rest for a moment only.
            let writes = "FROM hub.jobs WHERE kind = '\(JobKinds.write)'"
            #expect(try await hub.count("SELECT max(attempts) \(writes)") == 0)
            #expect(try await hub.count("SELECT count(*) \(writes) AND error ->> 'code' = 'unavailable'") == 3)
            for call in calls {
                #expect(try await hub.state(call) == "pending")
                #expect(try await hub.story(call).filter { $0 == "retry(unavailable)" }.count == 1)
                #expect(
                    try await hub.text("SELECT error_code FROM hub.call WHERE call_id = '\(call.lowercase)'") == "unavailable")
            }
            let text = hub.readiness["tenant demo: dynamics"]?.text ?? ""
            #expect(hub.readiness["tenant demo: dynamics"]?.state == .degraded)
            #expect(text.contains(kind == .cutBefore ? "connection" : "HTTP 50"), "\(text)")
            hub.sandbox.faults.replace(with: [])
            try await jobs.hurry()
            try await hub.quiet()
            for call in calls {
                #expect(try await hub.state(call) == "written")
                #expect(hub.records(call).count == 1)
            }
            #expect(hub.readiness["tenant demo: dynamics"]?.state == .ready)
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 0)
            #expect(try await hub.isBalanced())
        }
    }

    @Test("A call that makes each request with it fail dies alone", arguments: ["its write", "its read and its write"])
    func poison(where place: String) async throws {
        try await TestHub.with { hub in
            let poison = UUID()
            let body = place == "its write" ? "\"enr_callid\":\"\(poison.lowercase)\"" : "358507777777"
            hub.sandbox.faults.add(Fault(.status502, on: .dataverse, path: "batch", body: body))
            hub.call(poison, from: "+358507777777", ago: 300)
            // All in one batch, with nothing else going on.
            let companions = (0..<6).map { hub.call(from: "+35850\(7_100_000 + $0)", ago: Double(400 + $0 * 100)) }
            let jobs = resting(hub, attempts: 4, .status502)
            try await hub.run(JobKinds.poll)
            try await eventually("the companions are written") {
                try await jobs.hurry()
                return try await hub.count("SELECT count(*) FROM hub.call WHERE state = 'written'") == companions.count
            }
            #expect(try await hub.state(poison) == "pending")
            let others = try await jobs.wearOut {
                try await hub.state(poison) == "pending"
            } another: { number in
                let call = hub.call(from: "+35850\(7_200_000 + number)", ago: 60)
                try await hub.run(JobKinds.poll)
                return call
            } isWritten: {
                try await hub.state($0) == "written"
            }
            #expect(try await hub.state(poison) == "dead(gave_up)")
            #expect(hub.records(poison).isEmpty)
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 1)
            #expect(try await hub.text("SELECT error ->> 'attempt' FROM hub.job_dead") == "4")
            for call in companions + others { #expect(hub.records(call).count == 1) }
            #expect(try await hub.isBalanced())
        }
    }

    @Test(
        "An answer of Dynamics that is never readable ends in the dead letter with its beginning",
        arguments: [FaultKind.truncate, .garbage])
    func neverReadable(kind: FaultKind) async throws {
        try await TestHub.with { hub in
            let call = hub.call()
            hub.sandbox.faults.add(Fault(kind, on: .dataverse, path: "batch"))
            let jobs = RestingJobs(hub.database, attempts: 3)
            try await hub.run(JobKinds.poll)
            try await eventually("it is given up") {
                try await jobs.hurry()
                return try await hub.state(call) == "dead(gave_up)"
            }
            let start = try await hub.text("SELECT error -> 'detail' ->> 'body_start' FROM hub.job_dead") ?? ""
            #expect(start.hasPrefix(kind == .garbage ? "<html>" : "--"), "\(start)")
            #expect(try await hub.text("SELECT error ->> 'attempt' FROM hub.job_dead") == "3")
            hub.sandbox.faults.replace(with: [])
            _ = try await hub.count("SELECT cardinality(hub.job_retry(ARRAY(SELECT id FROM hub.job_dead)))")
            try await hub.quiet()
            #expect(try await hub.state(call) == "written")
            #expect(hub.records(call).count == 1)
        }
    }
}
