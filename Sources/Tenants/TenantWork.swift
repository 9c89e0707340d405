import Jobs
package import Logging
import Postgres
package import Runtime
package import ServiceLifecycle

/// Works on jobs once the tenants are known and whatever the program needs first is there.
package struct TenantWork: Service {
    private let roster: TenantRoster
    private let worker: any Service
    private let readiness: Readiness
    private let logger: Logger
    private let prepare: @Sendable () async throws -> Void

    /// - Parameter prepare: done before the first job, and again until it succeeds.
    package init(
        roster: TenantRoster, worker: any Service, readiness: Readiness, logger: Logger,
        prepare: @escaping @Sendable () async throws -> Void
    ) {
        self.roster = roster
        self.worker = worker
        self.readiness = readiness
        self.logger = logger
        self.prepare = prepare
    }

    package func run() async throws {
        readiness.set("jobs", .unready, "waiting for the tenants")
        guard await prepared() else { return }
        readiness.set("jobs", .ready)
        try await worker.run()
    }

    /// Says on `/health/ready` what keeps jobs from being done.
    static func tell(_ readiness: Readiness) -> @Sendable (PostgresError?) -> Void {
        { trouble in
            if let trouble {
                readiness.set("jobs", .unready, trouble.operatorText)
            } else {
                readiness.set("jobs", .ready)
            }
        }
    }

    /// False when the program stops before.
    private func prepared() async -> Bool {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await prepare()
                    try await roster.look()
                    return true
                } catch {
                    readiness.set("jobs", .unready, "waiting for the tenants: \(error)")
                    logger.warning("Waiting for the tenants", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(1))
                }
            }
            return false
        }
    }
}
