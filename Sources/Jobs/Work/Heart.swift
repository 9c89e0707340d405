internal import Logging
internal import Postgres

/// Renews the worker's lease. Returns when it could not for too long or was given up: the handlers must stop then.
struct Heart {
    let database: Database
    let worker: Int32
    let configuration: JobWorkerConfiguration
    let logger: Logger

    func beat(isDraining: @Sendable () -> Bool) async {
        var last = ContinuousClock.now
        var pause = configuration.beat
        while !Task.isCancelled {
            do { try await Task.sleep(for: pause) } catch { return }
            let began = ContinuousClock.now
            let left = configuration.fence - (began - last)
            guard left > .zero else { return }
            switch await ask(within: left, isDraining()) {
            case true?:
                // The lease runs from when the database saw the beat, which is later than this.
                last = began
                pause = configuration.beat * Double.random(in: 0.8...1)
            case false?: return
            case nil: pause = min(.milliseconds(500), configuration.beat)
            }
        }
    }

    /// Nil: no answer.
    private func ask(within time: Duration, _ isDraining: Bool) async -> Bool? {
        await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                do {
                    return try await database.query(WorkStore.beat, [worker, isDraining])[0].decode(Bool.self)
                } catch {
                    logger.warning("jobs: could not renew the lease", metadata: ["error": "\(error)"])
                    return nil
                }
            }
            group.addTask {
                try? await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
