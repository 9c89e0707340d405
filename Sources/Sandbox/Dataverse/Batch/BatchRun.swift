import Synchronization

/// Runs a `$batch`: its parts in order, each a transaction of its own.
struct BatchRun {
    let api: WebAPI
    let user: Guid
    let serial: Int
    let forcedDeadlock: Bool

    static let maximumOperations = 1000

    func run() -> WebAPI.Run {
        let headers = api.request.headers
        guard api.request.method == "POST" else { return refused(.method(api.request.method)) }
        guard let boundary = BatchReader.boundary(of: headers["Content-Type"] ?? "") else {
            return refused(BatchReader.noBoundary)
        }
        let parts: [BatchPart]
        do throws(WebError) {
            parts = try BatchReader(api.request.body).parts(boundary: boundary)
        } catch {
            return refused(error)
        }
        let count = parts.reduce(0) { $0 + $1.operations }
        guard count <= BatchRun.maximumOperations else {
            return refused(
                WebError(
                    400, "0x80060888",
                    "The current batch message contains too many parts. Only batch messages with a maximum number of "
                        + "'\(BatchRun.maximumOperations)' parts are allowed."))
        }
        return run(parts, outer: OperationHeaders(headers))
    }

    private func refused(_ error: WebError) -> WebAPI.Run {
        WebAPI.Run(response: api.answer(error), execution: api.dataverse.configuration.latency.read)
    }

    private func run(_ parts: [BatchPart], outer: OperationHeaders) -> WebAPI.Run {
        let continues = Preferences(outer.prefer).continuesOnError
        let seed = api.dataverse.environment.withLock { $0.store.random.next() }
        var random = SeededRandom(seed: seed)
        var writer = BatchWriter(boundary: "batchresponse_\(random.guid())", changeSets: random)
        var execution = 0.0
        var status = 200
        for part in parts {
            let failure = run(part, outer, &execution, &writer)
            if let failure, !continues {
                status = failure
                break
            }
        }
        writer.finish()
        var response = SandboxResponse(status: status, body: writer.bytes)
        response.headers.append("Content-Type", "multipart/mixed; boundary=\(writer.boundary)")
        if continues { response.headers.append("Preference-Applied", "odata.continue-on-error") }
        return WebAPI.Run(response: response, execution: execution)
    }

    /// Runs one part and writes its answer; the status of a failure.
    private func run(
        _ part: BatchPart, _ outer: OperationHeaders, _ execution: inout Double, _ writer: inout BatchWriter
    ) -> Int? {
        let operations: [Operation]
        var isChangeSet = false
        switch part {
        case .broken(let error):
            writer.add(OperationResult(error))
            return error.status
        case .operation(let operation):
            operations = [operation]
        case .changeSet(let set):
            operations = set
            isChangeSet = true
        }
        if let error = objection(to: operations, isChangeSet) {
            writer.add(OperationResult(error))
            return error.status
        }
        let inherited = operations.map { operation in
            var operation = operation
            operation.headers.callerObjectID = operation.headers.callerObjectID ?? outer.callerObjectID
            operation.headers.callerID = operation.headers.callerID ?? outer.callerID
            return operation
        }
        var cost = execution
        let results = api.dataverse.environment.withLock { environment in
            api.perform(inherited, user, serial, forcedDeadlock, &cost, &environment)
        }
        execution = cost
        if let failed = results.first(where: { $0.result.status >= 400 }) {
            writer.add(failed.result)
            return failed.result.status
        }
        if isChangeSet { writer.add(changeSet: results) } else if let only = results.first { writer.add(only.result) }
        return nil
    }

    private func objection(to operations: [Operation], _ isChangeSet: Bool) -> WebError? {
        if operations.contains(where: { $0.path == "$batch" }) { return .url("A batch cannot hold a batch.") }
        guard isChangeSet, operations.contains(where: { $0.method == "GET" }) else { return nil }
        return .url(
            "An invalid HTTP method 'GET' was detected for a request in a change set. Requests in change sets only support the HTTP "
                + "methods 'POST', 'PUT', 'DELETE', and 'PATCH'.")
    }
}
