package import Postgres

/// The partitions that every program's history needs: it can note nothing and finish no job without them.
package enum HistoryPartitions {
    static let makeTimeline = Statement("timeline_partitions_make", "SELECT hub.make_timeline_partitions()")
    // Make the partitions that are lacking; drop none.
    static let makeJobs = Statement("job_partitions_make", "SELECT count(*) FROM hub.job_partitions(NULL)")
    package static let statements = [makeTimeline, makeJobs]

    /// Done at each start and by housekeeping.
    package static func make(on database: Database) async throws {
        _ = try await database.query(makeTimeline)
        _ = try await database.query(makeJobs)
    }
}
