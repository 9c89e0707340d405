import Foundation

/// A second machine, as far as the network goes: a namespace with a cable of its own to each of three servers and one to the vendors.
///
/// Each cable is a pair of virtual interfaces whose near end hangs on a bridge. Taking that end off the bridge swallows what is sent while both
/// ends still see a carrier. The far end knows the bridge's hardware address for good, so not even the lookup of a neighbour fails.
struct NetworkNamespace: Sendable {
    /// Addresses that RFC 2544 sets aside for tests between networks; nothing real has one.
    static let range = "198.18.0.0/15"

    private struct Cable {
        let bridge: String
        /// The end on the bridge.
        let near: String
        /// The end in the namespace.
        let far: String
        let nearAddress: String
        let farAddress: String
        let hardware: String
    }

    let name: String
    private let cables: [Cable]
    private let ip: URL
    private let folder: URL
    private let leash: Leash

    /// - Throws: `RehearsalError` with what `ip` said when it is not allowed, or not there.
    static func raise(in folder: URL, leash: Leash) async throws -> NetworkNamespace {
        let tag = String(UUID().uuidString.prefix(4).lowercased())
        let net = "198.\(Int.random(in: 18...19)).\(Int.random(in: 0...255))"
        let cables = (0..<4).map { index in
            Cable(
                bridge: "tl\(tag)b\(index)", near: "tl\(tag)v\(index)", far: "to\(index)", nearAddress: "\(net).\(index * 4 + 1)",
                farAddress: "\(net).\(index * 4 + 2)", hardware: "02:54:4c:00:0\(index):01")
        }
        let namespace = NetworkNamespace(
            name: "trunkline-\(tag)", cables: cables, ip: try ClusterTools.program("ip"), folder: folder, leash: leash)
        leash.atEnd(
            run: "ip netns del \(namespace.name); " + cables.map { "ip link del \($0.bridge)" }.joined(separator: "; "))
        try await namespace.build()
        return namespace
    }

    /// Where a server must listen besides loopback to be reached by its cable.
    var serverAddresses: [String] { cables.prefix(3).map(\.nearAddress) }
    /// The same for the vendors.
    var vendorAddress: String { cables[3].nearAddress }

    /// Programs in the namespace, which reach the servers by the cables.
    func site(server: any HubServer) -> ProgramSite {
        ProgramSite(prefix: [ip.path(), "netns", "exec", name], host: cables[3].farAddress, server: server)
    }

    /// Takes the cable to a server off its bridge, or puts it back.
    func connect(_ server: Int, _ isConnected: Bool) async throws {
        let cable = cables[server]
        try await run(["link set \(cable.near) " + (isConnected ? "master \(cable.bridge)" : "nomaster")])
    }

    private func build() async throws {
        try await run(
            ["netns add \(name)"]
                + cables.flatMap { cable in
                    [
                        "link add \(cable.bridge) address \(cable.hardware) type bridge",
                        "addr add \(cable.nearAddress)/30 dev \(cable.bridge)",
                        "link set \(cable.bridge) up",
                        "link add \(cable.near) type veth peer name \(cable.far) netns \(name)",
                        "link set \(cable.near) master \(cable.bridge) up",
                    ]
                })
        try await run(
            ["link set lo up"]
                + cables.flatMap { cable in
                    [
                        "addr add \(cable.farAddress)/30 dev \(cable.far)", "link set \(cable.far) up",
                        "neigh replace \(cable.nearAddress) lladdr \(cable.hardware) nud permanent dev \(cable.far)",
                    ]
                }, inside: true)
    }

    private func run(_ commands: [String], inside: Bool = false) async throws {
        let file = folder.appending(path: "ip-\(UUID().uuidString.prefix(8))")
        let log = file.appendingPathExtension("log")
        defer { for file in [file, log] { try? FileManager.default.removeItem(at: file) } }
        try Data((commands.joined(separator: "\n") + "\n").utf8).write(to: file)
        let program = try ChildProgram(
            "ip", executable: ip, arguments: (inside ? ["-netns", name] : []) + ["-batch", file.path()], log: log, leash: leash)
        guard await program.end() == 0 else { throw RehearsalError("ip: \(program.lastWords(3))") }
    }
}

/// Programs in a network namespace.
struct NamespacePath: CuttablePath {
    let namespace: NetworkNamespace
    let cluster: PatroniCluster

    var means: String { "network namespace" }

    var site: ProgramSite {
        namespace.site(server: cluster.addresses(hosts: namespace.serverAddresses, ports: cluster.nodes.map(\.port)))
    }

    func cut(node: Int) async throws { try await namespace.connect(node, false) }
    func mend(node: Int) async throws { try await namespace.connect(node, true) }
    /// The leash sees to it.
    func remove() async {}
}
