public import Postgres

/// Jobs that rest because requests of theirs fail as a whole, in a test that does not wait for their rests.
public struct RestingJobs: Sendable {
    private let database: Database
    private let attempts: Int
    private let struck: @Sendable () -> Int

    /// - Parameters:
    ///   - attempts: so often may they fail.
    ///   - struck: how many requests have failed so far.
    public init(_ database: Database, attempts: Int, struck: @escaping @Sendable () -> Int = { 0 }) {
        self.database = database
        self.attempts = attempts
        self.struck = struck
    }

    /// What rests is due at once.
    public func hurry() async throws {
        try await database.execute(Statement("", "UPDATE hub.job_later SET run_at = now(), max_attempts = \(attempts)"))
    }

    /// So many times they are tried once more, until all rest again.
    ///
    /// - Parameter jobs: how many there are.
    public func fail(_ jobs: Int, times: Int) async throws {
        for _ in 0..<times {
            let before = struck()
            try await hurry()
            try await eventually("they were tried and rest") {
                let resting = try await database.query(Statement("", "SELECT count(*) FROM hub.job_later WHERE run_at > now()"))
                return try resting[0][0].decode(Int64.self) == Int64(jobs) && struck() > before
            }
        }
    }

    /// One that makes requests fail has its attempts counted while others are written: they come one after another, and it is tried once more
    /// with each, until it is not pending any more.
    ///
    /// - Parameter another: makes the next, by its number from 0.
    /// - Returns: all of them, at most thirty.
    public func wearOut<Other>(
        whilePending isPending: () async throws -> Bool, another: (_ number: Int) async throws -> Other,
        isWritten: (Other) async throws -> Bool
    ) async throws -> [Other] {
        var others: [Other] = []
        while try await isPending(), others.count < 30 {
            let before = struck()
            let other = try await another(others.count)
            others.append(other)
            try await eventually(within: .seconds(30), "the other is written, and the one was tried again") {
                try await hurry()
                guard try await isWritten(other) else { return false }
                if struck() > before { return true }
                return try await !isPending()
            }
        }
        return others
    }
}
