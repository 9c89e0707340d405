public import Logging

/// Does the jobs of one kind.
public protocol JobHandler: Sendable {
    static var kind: String { get }
    /// Most jobs in one call. All jobs of a call are of one tenant and lane.
    var batchSize: Int { get }
    /// Most calls at once in this process. A handler with more than one place gets up to as many again, for tenants, and for more urgent lanes of
    /// a tenant, that have none or few of their calls under way.
    var concurrency: Int { get }
    /// While a call for the same tenant and lane runs, a batch that is not full waits for more jobs, this long at most; so what each call
    /// costs is shared by many under load, and a lone job waits for nothing. Nil: batches begin at once.
    var gather: Duration? { get }
    /// Does the jobs. Cancelled when the worker may not go on: it must return soon then, and what it returns is dropped.
    /// A throw means that all jobs are tried again, each alone.
    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults
}

extension JobHandler {
    public var kind: String { Self.kind }
    public var batchSize: Int { 1 }
    public var concurrency: Int { 4 }
    public var gather: Duration? { nil }
}

/// What a handler may want to know beside its jobs.
public struct JobContext: Sendable {
    public let tenant: Int32
    /// Number of the worker in hub.worker.
    public let worker: Int32
    public let logger: Logger

    public init(tenant: Int32, worker: Int32 = 0, logger: Logger) {
        self.tenant = tenant
        self.worker = worker
        self.logger = logger
    }
}
