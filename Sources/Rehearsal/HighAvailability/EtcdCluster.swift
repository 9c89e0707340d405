import AsyncHTTPClient
import EmbeddedPostgres
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Three members of etcd on loopback, in which Patroni keeps who leads.
final class EtcdCluster: Sendable {
    struct Member: Sendable {
        let name: String
        let clientPort: Int
        let peerPort: Int

        var client: String { "http://127.0.0.1:\(clientPort)" }
        var peer: String { "http://127.0.0.1:\(peerPort)" }
    }

    let members: [Member]
    private let folder: URL
    private let tools: ClusterTools
    private let leash: Leash
    private let processes = Mutex<[Int: ChildProgram]>([:])

    private init(members: [Member], folder: URL, tools: ClusterTools, leash: Leash) {
        (self.members, self.folder, self.tools, self.leash) = (members, folder, tools, leash)
    }

    /// Starts the members; returns when they have a leader.
    static func start(in folder: URL, tools: ClusterTools, leash: Leash) async throws -> EtcdCluster {
        try tools.makeFolder(folder)
        let members = try (1...3).map { number in
            Member(name: "etcd\(number)", clientPort: try FreePort.find(), peerPort: try FreePort.find())
        }
        let cluster = EtcdCluster(members: members, folder: folder, tools: tools, leash: leash)
        for index in members.indices { try cluster.resume(index) }
        _ = try await cluster.leader()
        return cluster
    }

    /// `host:port` of each member, as Patroni wants them.
    var endpoints: [String] { members.map { "127.0.0.1:\($0.clientPort)" } }

    /// Starts a member, or starts it again.
    func resume(_ index: Int) throws {
        let member = members[index]
        let all = members.map { "\($0.name)=\($0.peer)" }.joined(separator: ",")
        let process = try tools.start(
            member.name, tools.etcd,
            [
                "--name", member.name, "--data-dir", folder.appending(path: member.name).path(),
                "--listen-client-urls", member.client, "--advertise-client-urls", member.client,
                "--listen-peer-urls", member.peer, "--initial-advertise-peer-urls", member.peer,
                "--initial-cluster", all, "--initial-cluster-state", "new", "--logger", "zap", "--log-outputs", "stderr",
            ], in: folder, log: folder.appending(path: "\(member.name).log"), leash: leash)
        processes.withLock { $0[index] = process }
    }

    /// SIGKILL.
    func kill(_ index: Int) async {
        guard let process = processes.withLock({ $0[index] }) else { return }
        process.kill()
        _ = await process.end()
    }

    func stop() async {
        for process in processes.withLock({ Array($0.values) }) { await process.stop(within: .seconds(5)) }
    }

    /// Which member leads; waits until one does.
    func leader(within limit: Duration = .seconds(30)) async throws -> Int {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while clock.now < deadline {
            for (index, member) in members.enumerated() {
                if let status = try? await status(of: member), status.leader == status.header.memberID { return index }
            }
            try await clock.sleep(for: .milliseconds(100))
        }
        throw RehearsalError("etcd has no leader after \(limit)")
    }

    private struct Status: Decodable {
        struct Header: Decodable {
            let memberID: String

            enum CodingKeys: String, CodingKey { case memberID = "member_id" }
        }

        let header: Header
        /// The leader's id; absent or zero while there is none.
        let leader: String?
    }

    /// etcd's own gRPC gateway: `Maintenance.Status` as JSON.
    private func status(of member: Member) async throws -> Status {
        var request = HTTPClientRequest(url: member.client + "/v3/maintenance/status")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: "{}"))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(2))
        return try JSONDecoder().decode(Status.self, from: Data(try await response.body.collect(upTo: 1 << 20).readableBytesView))
    }
}
