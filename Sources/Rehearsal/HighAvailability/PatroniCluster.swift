import AsyncHTTPClient
import EmbeddedPostgres
import Foundation
import NIOCore
import Synchronization

/// Three PostgreSQL servers under Patroni on loopback, replicating synchronously.
final class PatroniCluster: Sendable {
    let nodes: [PatroniNode]
    let password: String
    private let tools: ClusterTools
    private let leash: Leash
    private let processes = Mutex<[Int: ChildProgram]>([:])

    private init(nodes: [PatroniNode], password: String, tools: ClusterTools, leash: Leash) {
        (self.nodes, self.password, self.tools, self.leash) = (nodes, password, tools, leash)
    }

    /// Starts the nodes; returns when one leads and another confirms its commits.
    ///
    /// - Parameter hosts: a further address for each node; empty for loopback alone.
    static func start(
        in folder: URL, etcd: EtcdCluster, hosts: [String], timing: ClusterTiming, tools: ClusterTools, leash: Leash
    ) async throws -> PatroniCluster {
        let nodes = try (1...3).map { number in
            PatroniNode(
                name: "node\(number)", port: try FreePort.find(), restPort: try FreePort.find(),
                extraHost: hosts.isEmpty ? nil : hosts[number - 1], folder: folder.appending(path: "node\(number)"))
        }
        let cluster = PatroniCluster(nodes: nodes, password: ServerFolder.randomPassword(), tools: tools, leash: leash)
        for (index, node) in nodes.enumerated() {
            try tools.makeFolder(node.folder)
            let configuration = PatroniConfiguration(
                node: node, etcd: etcd.endpoints, timing: timing, password: cluster.password,
                binaries: tools.postgres.binaries.path())
            try Data(configuration.text.utf8).write(to: node.configuration)
            leash.atEnd(run: node.emergencyStop)
            try cluster.resume(index)
        }
        _ = try await cluster.settled(within: .seconds(120))
        return cluster
    }

    /// How the servers are reached from here.
    var addresses: ServerAddresses { addresses(hosts: nodes.map { _ in "127.0.0.1" }, ports: nodes.map(\.port)) }

    /// How they are reached by other ways, in the order of the nodes.
    func addresses(hosts: [String], ports: [Int]) -> ServerAddresses {
        ServerAddresses(addresses: zip(hosts, ports).map { .init(host: $0, port: $1) }, password: password)
    }

    /// Starts a node's Patroni, or starts it again.
    func resume(_ index: Int) throws {
        let node = nodes[index]
        let process = try tools.start(
            node.name, tools.patroni, [node.configuration.path()], in: node.folder, log: node.log, leash: leash)
        processes.withLock { $0[index] = process }
    }

    /// SIGKILL to Patroni, the server and each of the server's processes: as if the machine had lost its power.
    func kill(_ index: Int) async {
        let patroni = processes.withLock { $0[index] }
        patroni?.kill()
        if let postmaster = nodes[index].postmaster {
            for process in [postmaster] + ProcessorTime.children(of: postmaster) { _ = Foundation.kill(process, SIGKILL) }
        }
        _ = await patroni?.end()
    }

    /// Asks every Patroni to stop, which stops its server.
    func stop() async {
        let processes = processes.withLock { Array($0.values) }
        await withTaskGroup { group in
            for process in processes { group.addTask { await process.stop(within: .seconds(15)) } }
        }
    }

    // MARK: What it says of itself

    /// Waits until one leads, another confirms its commits, and the third follows, all on one timeline.
    func settled(within limit: Duration = .seconds(90)) async throws -> ClusterState {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var last: ClusterState?
        while clock.now < deadline {
            last = await state() ?? last
            if let last, last.isWhole(of: nodes.count) { return last }
            try await clock.sleep(for: .milliseconds(250))
        }
        throw RehearsalError("the cluster is not whole after \(limit): \(last?.words ?? "no Patroni answers")")
    }

    /// What any of the Patronis tells; nil when none answers.
    func state() async -> ClusterState? {
        for node in nodes {
            let request = HTTPClientRequest(url: node.rest + "/cluster")
            guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(2)),
                let body = try? await response.body.collect(upTo: 1 << 20),
                let state = try? JSONDecoder().decode(ClusterState.self, from: Data(body.readableBytesView))
            else { continue }
            return state
        }
        return nil
    }

    func index(of member: String?) throws -> Int {
        guard let index = nodes.firstIndex(where: { $0.name == member }) else {
            throw RehearsalError("no node has that part now")
        }
        return index
    }
}
