import Foundation

extension DynamicsClient {
    /// Many operations in few requests; one result each, in order.
    ///
    /// A long list is cut into several requests that run at once, so operations that depend on each other belong in one change set. Failures are
    /// outcomes: a request that fails as a whole (no answer, no token, throttled) gives its outcome to each of its operations.
    /// - Parameters:
    ///   - most: change sets (and lone changes) in one request, where ``DynamicsConfiguration/changeSetsPerRequest`` allows more: sets of many changes
    ///     want fewer.
    ///   - continueOnError: false stops a request at its first failure; what comes after is ``DynamicsOutcome/notTried``.
    /// - Throws: only `CancellationError`.
    public func batch(
        _ operations: [BatchOperation], lane: BudgetLane, changeSetsPerRequest most: Int? = nil, continueOnError: Bool = true
    ) async throws -> [OperationResult] {
        let slices = slices(of: operations, changeSets: min(most ?? .max, configuration.changeSetsPerRequest))
        if slices.count == 1 {
            return try await request(operations[slices[0]], lane: lane, continueOnError: continueOnError)
        }
        return try await withThrowingTaskGroup(of: (Int, [OperationResult]).self) { group in
            for (index, slice) in slices.enumerated() {
                group.addTask {
                    (index, try await self.request(operations[slice], lane: lane, continueOnError: continueOnError))
                }
            }
            var results = [[OperationResult]](repeating: [], count: slices.count)
            for try await (index, part) in group { results[index] = part }
            return results.flatMap(\.self)
        }
    }

    /// Cuts the list where a request would hold too many reads or changes, into parts of about equal size.
    private func slices(of operations: [BatchOperation], changeSets: Int) -> [Range<Int>] {
        guard !operations.isEmpty else { return [] }
        let weight = operations.reduce(0.0) { $0 + self.weight($1, changeSets) }
        let count = max(1, Int((weight - 1e-9).rounded(.up)))
        var slices: [Range<Int>] = []
        var (start, filled) = (0, 0.0)
        for (index, operation) in operations.enumerated() {
            filled += self.weight(operation, changeSets)
            if filled * Double(count) / weight >= Double(slices.count + 1) - 1e-9 {
                slices.append(start..<index + 1)
                start = index + 1
            }
        }
        if start < operations.count { slices.append(start..<operations.count) }
        return slices
    }

    /// The part of one request's room that the operation takes.
    private func weight(_ operation: BatchOperation, _ changeSets: Int) -> Double {
        switch operation {
        case .get: 1 / Double(max(1, configuration.readsPerRequest))
        case .change, .changeSet: 1 / Double(max(1, changeSets))
        }
    }

    private func request(_ operations: ArraySlice<BatchOperation>, lane: BudgetLane, continueOnError: Bool) async throws
        -> [OperationResult]
    {
        do {
            let answer = try await transport.batch(operations, lane: lane, continueOnError: continueOnError)
            return results(answer, for: operations)
        } catch let error as DynamicsError {
            let outcome = DynamicsOutcome(error)
            return operations.map { _ in OperationResult(outcome: outcome) }
        }
    }

    /// Joins the answer's parts with what was asked, by position.
    private func results(_ answer: Transport.BatchAnswer, for operations: ArraySlice<BatchOperation>) -> [OperationResult] {
        var results: [OperationResult] = []
        results.reserveCapacity(operations.count)
        for (operation, part) in zip(operations, answer.parts) { results.append(OperationResult(part, operation)) }
        guard results.count < operations.count else { return results }
        // A closed answer that ends in a failure was stopped there; anything else was cut off.
        let stopped = answer.isComplete && results.last?.outcome.isWritten == false
        let cut = DynamicsFault(
            status: answer.status, code: "malformed", message: "The answer has fewer parts than the request.",
            bodyStart: answer.beginning)
        let outcome: DynamicsOutcome = stopped ? .notTried : .transient(cut)
        for _ in results.count..<operations.count { results.append(OperationResult(outcome: outcome)) }
        return results
    }
}

extension OperationResult {
    init(_ part: BatchPart, _ operation: BatchOperation) {
        switch part {
        case .malformed: self.init(outcome: .transient(DynamicsFault(status: 200, code: "malformed")))
        case .response(let response):
            // A change set that answers with one success has not been understood, unless it had but one change.
            if case .changeSet(let changes) = operation, changes.count > 1, response.status < 400 {
                self.init(outcome: .transient(DynamicsFault(status: response.status, code: "malformed")), responses: [response])
            } else {
                self.init(outcome: DynamicsOutcome(response, asked: operation.asked), responses: [response])
            }
        case .changeSet(let responses):
            guard let telling = responses.first(where: { $0.status >= 400 }) ?? responses.last else {
                self.init(outcome: .transient(DynamicsFault(status: 200, code: "malformed")))
                return
            }
            let outcome = DynamicsOutcome(telling, asked: operation.asked)
            self.init(outcome: outcome, responses: outcome == .success ? responses : [telling])
        }
    }
}
