import FoundationEssentials
import Jobs
import Postgres
import TestSupport
import Testing

@testable import CallSync

@Suite(.database, .timeLimit(.minutes(5))) struct HousekeepingTests {
    @Test func callsWhoseJobIsGoneAreGivenUpByDaysAndComeInWithANewJob() async throws {
        try await TestHub.with { hub in
            let new = hub.call()
            let old = hub.call(from: "+358505555555", ago: 500)
            try await hub.sync()
            try await hub.database.execute(
                Statement(
                    "",
                    """
                    UPDATE hub.call SET state = 'pending', changed_at = now() - interval '1 hour',
                        written = NULL, written_version = NULL, written_at = NULL,
                        call_day = call_day - CASE WHEN call_id = $1 THEN 60 ELSE 0 END
                    """), [old])
            func markLost(days: Int32) async throws {
                try await hub.database.execute(HousekeepingStore.markLost, [hub.tenant, UUID(), days])
            }
            try await markLost(days: 31)
            #expect(try await hub.state(new) == "dead(job_lost)")
            #expect(try await hub.state(old) == "pending")
            try await markLost(days: 36_500)
            #expect(try await hub.state(old) == "dead(job_lost)")

            try await JobQueue(database: hub.database).enqueue(
                [new, old].map { JobKinds.writeCall($0, tenant: hub.tenant, lane: .live) })
            try await hub.quiet()
            for call in [new, old] {
                #expect(try await hub.state(call) == "written")
                #expect(hub.records(call).count == 1)
            }
        }
    }

    @Test func allCallsAreLookedAtOnceANight() {
        let midnight = Date(timeIntervalSince1970: 1_772_409_600)
        let days = (0..<24).map { HousekeepingHandler.daysToSearch(at: midnight.addingTimeInterval(Double($0) * 3600 + 60)) }
        #expect(days.filter { $0 > 31 }.count == 1 && days[2] > 31)
    }
}
