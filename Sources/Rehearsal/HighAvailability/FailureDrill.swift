import Foundation

/// Breaks one thing after another, watches for a while, mends it, and goes on when all is whole again.
struct FailureDrill: Sendable {
    /// A failure and the time from it until all was whole again, in seconds since 1970.
    struct Record: Sendable {
        let failure: Failure
        let began: Double
        let ended: Double
    }

    /// How long things took, in seconds; nil where they did not happen.
    struct Times: Sendable {
        /// From the primary's end until another took writes, by a pool that all the time wants to.
        var failover: Double?
        /// From the cut until a first instance's `/health/ready` told of it, and from its mending until all was well there.
        var noticed: Double?
        var rejoined: Double?
    }

    let stage: HighAvailabilityStage
    let watch: Duration
    let terminal: Terminal

    func run(_ failures: [Failure]) async throws -> (records: [Record], times: Times) {
        var records: [Record] = []
        var times = Times()
        for failure in failures {
            let began = Date().timeIntervalSince1970
            let mend = try await inflict(failure)
            let over = ContinuousClock.now + watch
            switch failure {
            case .primaryKilled:
                if let took = await seconds(until: over, { await stage.takesWrites() }) {
                    times.failover = max(times.failover ?? 0, took)
                }
            case .networkCut:
                if let took = await seconds(until: over, { await !stage.isReady(.callSync, 1) }) {
                    times.noticed = max(times.noticed ?? 0, took)
                }
            case .replicaKilled, .etcdLeaderKilled: break
            }
            try await ContinuousClock().sleep(until: over)
            try await mend()
            if failure == .networkCut {
                let took = await seconds(until: .now + watch) { await stage.isReady(.callSync, 1) }
                guard let took else { throw RehearsalError("call-sync 1 is not ready \(watch) after the network was mended") }
                times.rejoined = max(times.rejoined ?? 0, took)
            }
            let state = try await stage.cluster.settled()
            guard try await stage.isFlowing else {
                throw RehearsalError("the morning was over before \(failure.rawValue) was; give it more seconds")
            }
            terminal.say("all is whole again: \(state.words)")
            records.append(Record(failure: failure, began: began, ended: Date().timeIntervalSince1970))
        }
        return (records, times)
    }

    /// How long it takes until something holds; nil when it does not until then.
    private func seconds(until end: ContinuousClock.Instant, _ holds: () async -> Bool) async -> Double? {
        let clock = ContinuousClock()
        let began = clock.now
        while clock.now < end {
            if await holds() { return ((clock.now - began) / .milliseconds(10)).rounded() / 100 }
            try? await clock.sleep(for: .milliseconds(50))
        }
        return nil
    }

    /// - Returns: what mends it.
    private func inflict(_ failure: Failure) async throws -> @Sendable () async throws -> Void {
        let (cluster, etcd) = (stage.cluster, stage.etcd)
        let state = try await cluster.settled()
        switch failure {
        case .primaryKilled:
            let primary = try cluster.index(of: state.leader)
            return try await killNode(primary, "the primary")
        case .replicaKilled:
            // The one that confirms commits: they wait until the other one takes its part.
            return try await killNode(try cluster.index(of: state.synchronousReplica), "the replica that confirms commits")
        case .etcdLeaderKilled:
            let leader = try await etcd.leader()
            await etcd.kill(leader)
            terminal.say("\(etcd.members[leader].name), etcd's leader, was killed (SIGKILL)")
            return { try etcd.resume(leader) }
        case .networkCut:
            let (primary, path) = (try cluster.index(of: state.leader), stage.path)
            try await path.cut(node: primary)
            terminal.say("no packet passes any more between the first instances and \(cluster.nodes[primary].name), the primary")
            return { [terminal] in
                try await path.mend(node: primary)
                terminal.say("packets pass again")
            }
        }
    }

    private func killNode(_ index: Int, _ words: String) async throws -> @Sendable () async throws -> Void {
        let cluster = stage.cluster
        await cluster.kill(index)
        terminal.say("\(cluster.nodes[index].name), \(words), was killed (SIGKILL to Patroni and PostgreSQL)")
        return { try cluster.resume(index) }
    }
}
