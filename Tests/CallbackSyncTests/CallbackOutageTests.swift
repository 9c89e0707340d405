import FoundationEssentials
import Model
import Postgres
import Runtime
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync

/// A service that is down is no request's fault; a request that makes each request with it fail is.
@Suite(.database, .timeLimit(.minutes(5))) struct CallbackOutageTests {
    private func resting(_ hub: CallbackHub, attempts: Int, _ kind: FaultKind) -> RestingJobs {
        RestingJobs(hub.database, attempts: attempts) { hub.sandbox.faults.struck["dataverse.\(kind.rawValue)"] ?? 0 }
    }

    @Test func `an outage that is longer than all attempts loses nothing`() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            try await hub.sync()
            hub.sandbox.faults.replace(with: [Fault(.status503, on: .dataverse, path: "$batch")])
            let requests = (0..<3).map { hub.request("+35850\(7_000_000 + $0)") }
            let jobs = resting(hub, attempts: 2, .status503)
            try await hub.run(CallbackJobs.poll)
            try await jobs.fail(3, times: 6)
            #expect(hub.readiness["tenant demo: dynamics"]?.state == .degraded)
            for request in requests {
                #expect(try await hub.state(request) == "pending")
                #expect(try await hub.column("error_code", of: request) == "unavailable")
                #expect(try await hub.story(request).filter { $0 == "retry(unavailable)" }.count == 1)
            }
            hub.sandbox.faults.replace(with: [])
            try await jobs.hurry()
            try await hub.quiet()
            for request in requests { #expect(hub.records(request).count == 1) }
            #expect(hub.readiness["tenant demo: dynamics"]?.state == .ready)
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 0)
        }
    }

    @Test func `one that makes each request with it fail dies alone`() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            try await hub.sync()
            let poison = hub.request("+358507777777")
            hub.sandbox.faults.replace(
                with: [Fault(.status502, on: .dataverse, path: "$batch", body: "\"enr_callbackid\":\"\(poison.lowercase)\"")])
            let companions = (0..<6).map { hub.request("+35850\(7_100_000 + $0)") }
            let jobs = resting(hub, attempts: 4, .status502)
            try await hub.run(CallbackJobs.poll)
            try await eventually("the companions are written") {
                try await jobs.hurry()
                return try await hub.count("SELECT count(*) FROM hub.callback WHERE state = 'written'") == companions.count
            }
            #expect(try await hub.state(poison) == "pending")
            let others = try await jobs.wearOut {
                try await hub.state(poison) == "pending"
            } another: { number in
                let request = hub.request("+35850\(7_200_000 + number)")
                try await hub.run(CallbackJobs.poll)
                return request
            } isWritten: {
                try await hub.state($0) == "written"
            }
            #expect(try await hub.state(poison) == "dead(gave_up)")
            #expect(hub.records(poison).isEmpty)
            for request in companions + others { #expect(hub.records(request).count == 1) }
        }
    }
}
