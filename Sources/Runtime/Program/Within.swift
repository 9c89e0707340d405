/// Runs the body for so long at most, and cancels it then.
///
/// - Parameter late: what is thrown when it takes longer.
package func within<Answer: Sendable>(
    _ limit: Duration, late: any Error, _ body: @escaping @Sendable () async throws -> Answer
) async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: limit)
            throw late
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}
