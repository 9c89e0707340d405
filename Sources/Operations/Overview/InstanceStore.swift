package import Foundation
package import Postgres

/// Which programs run where, and how they are.
package struct InstanceStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [recent, workers, versions]

    package struct Instance: Sendable {
        package let id: UUID
        package let program: String
        package let version: String
        package let host: String
        package let pid: Int32
        /// running, stopped or lost.
        package let state: String
        package let startedAt: Date
        package let seenAt: Date
        package let stoppedAt: Date?
        /// What is not well, by its own word.
        package let troubles: String?
    }

    package struct Worker: Sendable {
        package let queue: String
        package let program: String
        package let host: String
        package let pid: Int32
        package let slots: Int32
        package let jobs: Int64
        package let beatAt: Date
        package let expiresAt: Date
        package let isDraining: Bool
    }

    /// Those seen last, the running ones first.
    ///
    /// - Parameter span: nothing that was last seen longer ago.
    package func recent(_ span: Duration, limit: Int) async throws -> [Instance] {
        try await database.query(Self.recent, [span, Int32(limit)]).map { row in
            let (id, program, version, host, pid, state, started, seen, stopped, troubles) = try row.decode(
                UUID.self, String.self, String.self, String.self, Int32.self, String.self, Date.self, Date.self, Date?.self,
                String?.self)
            return Instance(
                id: id, program: program, version: version, host: host, pid: pid, state: state, startedAt: started, seenAt: seen,
                stoppedAt: stopped, troubles: troubles)
        }
    }

    package func workers() async throws -> [Worker] {
        try await database.query(Self.workers).map { row in
            let (queue, program, host, pid, slots, jobs, beat, expires, draining) = try row.decode(
                String.self, String.self, String.self, Int32.self, Int32.self, Int64.self, Date.self, Date.self, Bool.self)
            return Worker(
                queue: queue, program: program, host: host, pid: pid, slots: slots, jobs: jobs, beatAt: beat, expiresAt: expires,
                isDraining: draining)
        }
    }

    /// The schema's version and the server's.
    package func versions() async throws -> (schema: Int32, server: String) {
        try await database.query(Self.versions)[0].decode(Int32.self, String.self)
    }

    package static let recent = Statement(
        "command.instances.recent",
        """
        SELECT * FROM (
            SELECT i.instance_id, i.program, i.version, i.host, i.pid,
                CASE WHEN i.stopped_at IS NOT NULL THEN 'stopped' WHEN i.seen_at > now() - interval '1 minute' THEN 'running' ELSE 'lost' END AS state,
                i.started_at, i.seen_at, i.stopped_at,
                CASE WHEN i.stopped_at IS NULL THEN (
                    SELECT string_agg(checks.name || ': ' || coalesce(checks.said ->> 'text', checks.said ->> 'state'), '; ' ORDER BY checks.name)
                    FROM jsonb_each(i.state) AS checks (name, said) WHERE checks.said ->> 'state' <> 'ready'
                ) END
            FROM hub.instance i WHERE i.seen_at > now() - $1::interval ORDER BY i.seen_at DESC LIMIT $2
        ) newest
        ORDER BY state <> 'running', program, host, started_at DESC
        """)

    package static let workers = Statement(
        "command.instances.workers",
        """
        SELECT queue, program, host, pid, slots, jobs, beat_at, expires_at, draining FROM report.workers ORDER BY queue, program, host, pid
        LIMIT 500
        """)

    package static let versions = Statement(
        "command.instances.versions",
        "SELECT max(version), current_setting('server_version') FROM hub.schema_migration")
}
