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

    @Test func ofTheTimelineOnlyMonthsPastRetentionAreDropped() async throws {
        try await TestHub.with { hub in
            try await hub.set("TimelineRetention", "2")
            try await hub.database.withConnection { (connection) async throws in
                try await connection.run(script: Self.oldMonths)
            }
            let months = "SELECT count(*) FROM hub.timeline WHERE event = 'old'"
            #expect(try await hub.count(months) == 2)
            // Whoever reads it for long is not waited for, and does not make others wait.
            let drop = "SELECT hub.drop_timeline_partitions(interval '2 months')"
            try await hub.database.withTransaction { (reader) async throws in
                #expect(try await reader.query(Statement("", months)).count == 1)
                #expect(try await hub.count(drop) == 0)
            }
            try await hub.run(JobKinds.housekeeping)
            #expect(try await hub.count(months + " AND at >= date_trunc('month', now(), 'UTC') - interval '2 months'") == 1)
            #expect(try await hub.count(months) == 1)
            #expect(try await hub.count(drop) == 0)
            await #expect(throws: PostgresError.self) {
                _ = try await hub.count("SELECT hub.drop_timeline_partitions(interval '20 days')")
            }
        }
    }

    /// The third month before this one, which ended more than two months ago, and the second, which did not; a row in each.
    private static let oldMonths = """
        DO $$
        DECLARE
            month timestamptz;
        BEGIN
            SET LOCAL timezone = 'UTC';
            FOR ago IN 2 .. 3 LOOP
                month := date_trunc('month', now()) - ago * interval '1 month';
                EXECUTE format('CREATE TABLE hub.%I PARTITION OF hub.timeline FOR VALUES FROM (%L) TO (%L)',
                               'timeline_' || to_char(month, 'YYYY_MM'), month, month + interval '1 month');
                EXECUTE format('ALTER TABLE hub.%I OWNER TO trunkline_owner', 'timeline_' || to_char(month, 'YYYY_MM'));
                INSERT INTO hub.timeline (tenant_id, entity, subject_id, at, event)
                VALUES (1, 'call', gen_random_uuid(), month + interval '14 days', 'old');
            END LOOP;
        END $$
        """

    @Test func allCallsAreLookedAtOnceANight() {
        let midnight = Date(timeIntervalSince1970: 1_772_409_600)
        let days = (0..<24).map { HousekeepingHandler.daysToSearch(at: midnight.addingTimeInterval(Double($0) * 3600 + 60)) }
        #expect(days.filter { $0 > 31 }.count == 1 && days[2] > 31)
    }
}
