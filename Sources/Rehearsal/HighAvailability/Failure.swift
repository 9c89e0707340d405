/// What breaks while calls flow.
public enum Failure: String, Sendable, CaseIterable {
    case primaryKilled = "primary_killed"
    case replicaKilled = "replica_killed"
    case etcdLeaderKilled = "etcd_leader_killed"
    case networkCut = "network_cut"
}
