import Foundation

/// `patroni.yml` of a node.
struct PatroniConfiguration: Sendable {
    let node: PatroniNode
    let etcd: [String]
    let timing: ClusterTiming
    /// Of the superuser, and of Patroni's own two roles.
    let password: String
    let binaries: String

    var text: String {
        let listen = (["127.0.0.1"] + (node.extraHost.map { [$0] } ?? [])).joined(separator: ",")
        return """
            scope: rehearsal
            name: \(node.name)
            restapi:
              listen: 127.0.0.1:\(node.restPort)
              connect_address: 127.0.0.1:\(node.restPort)
            etcd3:
              hosts: [\(etcd.map { "'\($0)'" }.joined(separator: ", "))]
            bootstrap:
              dcs:
                ttl: \(timing.ttl)
                loop_wait: \(timing.loopWait)
                retry_timeout: \(timing.retryTimeout)
                maximum_lag_on_failover: 1048576
                # A primary that crashes is not waited for.
                primary_start_timeout: 0
                synchronous_mode: true
                # While etcd is away the primary stays one as long as it reaches the others.
                failsafe_mode: true
                postgresql:
                  use_pg_rewind: true
                  use_slots: true
                  parameters:
                    max_connections: 200
                    wal_log_hints: 'on'
                    wal_keep_size: 256MB
                    shared_buffers: 128MB
                    wal_sender_timeout: 5s
                    wal_receiver_timeout: 5s
              initdb: [{encoding: UTF8}, {locale: C}, data-checksums]
              pg_hba:
              - local all all scram-sha-256
              - host all all 127.0.0.1/32 scram-sha-256
              - host replication all 127.0.0.1/32 scram-sha-256
              - host all all \(NetworkNamespace.range) scram-sha-256
            postgresql:
              listen: \(listen):\(node.port)
              connect_address: 127.0.0.1:\(node.port)
              data_dir: \(node.data.path())
              bin_dir: \(binaries)
              pgpass: \(node.folder.path())/pgpass
              authentication:
                superuser: {username: postgres, password: \(password)}
                replication: {username: replicator, password: \(password)}
                rewind: {username: rewinder, password: \(password)}
              parameters:
                unix_socket_directories: \(node.folder.path())

            """
    }
}
