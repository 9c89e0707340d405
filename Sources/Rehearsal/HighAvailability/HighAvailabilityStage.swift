import Foundation
import Postgres

/// Everything of a high availability run: etcd, the cluster, the cables, the hub on them, and two instances of every program.
struct HighAvailabilityStage: Sendable {
    let etcd: EtcdCluster
    let cluster: PatroniCluster
    let path: any CuttablePath
    let hub: RehearsedHub
    private let leash: Leash

    /// - Parameter folder: where everything goes; it stays.
    static func raise(_ options: HighAvailability.Options, in folder: URL, terminal: Terminal) async throws
        -> HighAvailabilityStage
    {
        let leash = try Leash()
        do {
            return try await raise(options, in: folder, leash: leash, terminal: terminal)
        } catch {
            leash.release()
            throw error
        }
    }

    private static func raise(
        _ options: HighAvailability.Options, in folder: URL, leash: Leash, terminal: Terminal
    ) async throws -> HighAvailabilityStage {
        let tools = try ClusterTools.find()
        let network = await network(options, in: folder, leash: leash, terminal: terminal)
        terminal.say("starting etcd, three members")
        let etcd = try await EtcdCluster.start(in: folder.appending(path: "etcd"), tools: tools, leash: leash)
        terminal.say("starting three PostgreSQL servers under Patroni")
        let cluster = try await PatroniCluster.start(
            in: folder, etcd: etcd, hosts: network?.serverAddresses ?? [], timing: options.timing, tools: tools, leash: leash)
        let path: any CuttablePath
        if let network {
            path = NamespacePath(namespace: network, cluster: cluster)
        } else {
            path = try await RelayPath.start(before: cluster)
        }

        var raising = RehearsedHub.Options()
        raising.folder = folder.appending(path: "hub")
        raising.programs = options.programs
        raising.server = cluster.addresses
        raising.sandboxArguments = ["--seed", "\(options.seed)", "--visible-after", "1"]
        if let network {
            // The programs send secrets over TLS only, unless it is to loopback.
            raising.servesTLS = true
            raising.sandboxArguments += ["--host", network.vendorAddress]
        }
        let hub = try await RehearsedHub.raise(raising, tell: { terminal.say($0) })
        return HighAvailabilityStage(etcd: etcd, cluster: cluster, path: path, hub: hub, leash: leash)
    }

    private static func network(
        _ options: HighAvailability.Options, in folder: URL, leash: Leash, terminal: Terminal
    ) async -> NetworkNamespace? {
        guard options.mayUseNamespaces else { return nil }
        do {
            return try await NetworkNamespace.raise(in: folder, leash: leash)
        } catch {
            terminal.say("no network namespace is to be had, relays on loopback stand in (\(error))")
            return nil
        }
    }

    /// Where the first and the second instance of each program run: the first behind the cables that can be cut.
    var sites: [ProgramSite] { [path.site, .here] }

    /// Starts two instances of every program, each ready before the next.
    func startPrograms() async throws {
        // First, so that no call looks for its owner before people are known.
        for site in sites { try await hub.start(.userSync, at: site).ready() }
        _ = try await PeopleCounts.settled(in: hub.database)
        for kind in HubProgram.allCases where kind != .userSync {
            for site in sites { try await hub.start(kind, at: site).ready() }
        }
        if let first = hub.instances(of: .callbackSync).first { try await CallbackProfile.sendWebhooks(to: first, of: hub) }
    }

    /// Starts two routers, of which Enreach asks the first.
    ///
    /// - Returns: what asks both all the time.
    func startRouters(rate: Int) async throws -> RouterQuestions {
        let key = try await RehearsedRouting.prepare(on: hub)
        var routers: [RehearsedRouting] = []
        for (index, site) in sites.enumerated() {
            routers.append(try await RehearsedRouting.start(on: hub, number: index + 1, at: site))
        }
        try await routers[0].beAsked(by: hub.door, key: key)
        return RouterQuestions(endpoints: routers.map(\.endpoint), key: key, rate: rate)
    }

    /// Whether something is still to happen in Enreach.
    var isFlowing: Bool {
        get async throws { try await hub.door.get("/admin/status", as: SandboxStatus.self).changesLeft > 0 }
    }

    /// Whether a pool of ours finds a server that takes writes.
    func takesWrites() async -> Bool {
        (try? await hub.database.withConnection { try await $0.run(script: "SELECT pg_current_xact_id()") }) != nil
    }

    func isReady(_ kind: HubProgram, _ number: Int) async -> Bool {
        guard let instance = hub.instances(of: kind).first(where: { $0.number == number }) else { return false }
        return (try? await instance.page("/health/ready").status) == 200
    }

    /// Programs that ended, which none was asked to.
    var endedPrograms: Int { HubProgram.allCases.flatMap { hub.instances(of: $0) }.count { !$0.isRunning } }

    func takeDown() async {
        await hub.takeDown()
        await path.remove()
        await cluster.stop()
        await etcd.stop()
        leash.release()
    }
}
