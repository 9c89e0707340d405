/// What Patroni tells of its cluster at `/cluster`.
struct ClusterState: Decodable, Sendable {
    struct Member: Decodable, Sendable {
        let name: String
        let role: String
        let state: String
        let timeline: Int?
    }

    let members: [Member]

    var leader: String? { members.first { $0.role == "leader" }?.name }
    /// The replica that confirms commits.
    var synchronousReplica: String? { members.first { $0.role == "sync_standby" }?.name }

    /// Whether so many members are there, with one leader and one that confirms its commits, all on one timeline.
    func isWhole(of count: Int) -> Bool {
        members.count == count && leader != nil && synchronousReplica != nil
            && members.allSatisfy { ["running", "streaming"].contains($0.state) }
            && Set(members.map(\.timeline)).count == 1
    }

    var words: String { members.map { "\($0.name) \($0.role) \($0.state)" }.joined(separator: ", ") }
}
