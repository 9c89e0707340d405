internal import CLibpq

extension Connection {
    /// Runs several statements in one round trip and returns their rows in order.
    ///
    /// Outside a transaction the batch is one implicit transaction: all or nothing. The first error is thrown with its `index`; the
    /// statements behind it were not run. Sending and receiving overlap, so a batch may be of any size.
    public func pipeline(_ batch: [Request]) async throws -> [Rows] {
        try await exclusively { try await run(batch) }
    }

    /// Runs a batch, with BEGIN in front when the transaction was not opened yet.
    func run(_ batch: [Request]) async throws -> [Rows] {
        guard !batch.isEmpty else { return [] }
        // All values are encoded before anything is sent: half a batch would be committed otherwise.
        var types: [[PostgresType]] = []
        types.reserveCapacity(batch.count)
        for request in batch { types.append(try await prepare(request.statement)) }
        parameters.clear()
        for index in batch.indices {
            do {
                try encode(batch[index].parameters, types[index], batch[index].statement)
            } catch var error as PostgresError {
                error.index = index
                throw error
            }
        }
        parameters.finish()
        let opening = opening
        return try await turn {
            guard PQenterPipelineMode(wire.handle) == 1 else { throw wire.refused(nil) }
            try send(opening: opening)
            var first = 0
            for index in batch.indices {
                try send(batch[index].statement, types[index], from: first)
                first += types[index].count
                // Answers are read meanwhile: a server that can't get rid of them stops reading.
                if index % 64 == 63 { try await wire.flush() }
            }
            guard PQpipelineSync(wire.handle) == 1 else { throw wire.refused(nil) }
            var answers = try await pipelineResults(count: opening.count + batch.count) { index in
                index < opening.count ? nil : batch[index - opening.count].statement
            }
            if case .pending = transaction, answers.results.count >= 1 { transaction = .open }
            if let index = answers.failure?.index {
                answers.failure!.index = max(0, index - opening.count)
                if answers.failure!.meansStalePlan {
                    staleStatements.append((batch[max(0, index - opening.count)].statement, answers.failure!))
                }
                throw answers.failure!
            }
            return Array(answers.results.dropFirst(opening.count))
        }
    }

    /// What goes out ahead of the first statement: BEGIN, and settings that the session can't be relied on for.
    var opening: [String] {
        switch transaction {
        case .pending(let begin): begin
        case .none: loneSettings
        case .open: []
        }
    }

    /// Only in pipeline mode.
    func send(opening: [String]) throws(PostgresError) {
        for sql in opening {
            guard PQsendQueryParams(wire.handle, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw wire.refused(nil) }
        }
    }

    struct PipelineAnswers {
        var results: [Rows] = []
        /// The first error, with its index.
        var failure: PostgresError?
    }

    /// Reads the results of `count` statements up to the synchronisation point, and leaves the pipeline mode.
    func pipelineResults(count: Int, statement: (Int) -> Statement?) async throws(PostgresError) -> PipelineAnswers {
        var answers = PipelineAnswers()
        answers.results.reserveCapacity(count)
        var index = 0
        while true {
            let next: OpaquePointer?
            do throws(PostgresError) {
                next = try await wire.nextResult()
            } catch {
                throw answers.failure ?? error
            }
            // Each statement's results end with nil.
            guard let result = next else {
                index += 1
                guard index <= count + 1 else { throw wire.lost() }
                continue
            }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                guard PQexitPipelineMode(wire.handle) == 1 else { throw wire.lost() }
                return answers
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                answers.results.append(Rows(storage: ResultStorage(result)))
            case PGRES_PIPELINE_ABORTED:
                PQclear(result)
            default:
                if answers.failure == nil {
                    answers.failure = PostgresError(result: result, statement: index < count ? statement(index) : nil)
                    answers.failure!.index = index
                }
                PQclear(result)
            }
        }
    }
}
