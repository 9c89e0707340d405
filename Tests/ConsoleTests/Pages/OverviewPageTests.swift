import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite struct OverviewPageTests {
    @Test(.database) func `the backlog of ten minutes is the worst of them, over all kinds`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            try await console.sql(
                """
                DELETE FROM hub.job_depth_minute;
                INSERT INTO hub.job_depth_minute (minute, queue_id, kind_id, lane, state, jobs, oldest_at)
                SELECT date_bin('10 minutes', now(), 'epoch') - minutes * interval '1 minute', 1, kind, 0, state, jobs, now()
                FROM (VALUES
                    (60, 1, 'ready', 3), (60, 2, 'ready', 4), (59, 1, 'ready', 6), (55, 1, 'retry', 2), (54, 2, 'waiting', 5),
                    (54, 2, 'held', 1), (54, 2, 'dead', 900), (50, 1, 'ready', 8), (90000, 1, 'ready', 7)
                ) AS counted (minutes, kind, state, jobs)
                """)
            let backlog = try await JobFlowStore(database: console.services.reading).backlog(
                since: Date(timeIntervalSinceNow: -86_400))
            #expect((145...146).contains(backlog.count))
            let some = backlog.filter { $0.ready + $0.retry + $0.later > 0 }
            #expect(some.map(\.ready) == [7, 8] && some.map(\.retry) == [2, 0] && some.map(\.later) == [6, 0])
            #expect(some[0].at.addingTimeInterval(600) == some[1].at)

            let page = try await console.signIn(.viewer).get("/")
            #expect(page.contains("<title id=\"backlog-title\">Jobs that wait</title>"))
        }
    }
}
