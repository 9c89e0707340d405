import Testing

@testable import Rehearsal

@Suite struct ServerAddressesTests {
    @Test func `all servers stand in one connection string, and only one that takes writes will do`() {
        let servers = ServerAddresses(
            addresses: [.init(host: "127.0.0.1", port: 5001), .init(host: "198.18.0.5", port: 5002)], password: "secret")
        #expect(
            servers.url(of: "trunkline", user: "router_login")
                == "postgresql://router_login:secret@127.0.0.1:5001,198.18.0.5:5002/trunkline"
                + "?target_session_attrs=read-write&connect_timeout=3")
        #expect(servers.url(of: "postgres", user: nil).hasPrefix("postgresql://postgres:secret@"))
    }

    @Test(arguments: [(ttl: 6, isSound: false), (ttl: 7, isSound: true), (ttl: 20, isSound: true)])
    func `a leader's claim outlasts what its Patroni does to renew it`(ttl: Int, isSound: Bool) {
        #expect(ClusterTiming(ttl: ttl).isSound == isSound)
    }
}
