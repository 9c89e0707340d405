import Foundation
import Testing

@testable import Rehearsal

@Suite struct ClusterStateTests {
    private func state(_ members: [(role: String, state: String, timeline: Int?)]) throws -> ClusterState {
        let objects = members.enumerated().map { number, member in
            let timeline = member.timeline.map { #","timeline":\#($0)"# } ?? ""
            return
                #"{"name":"node\#(number + 1)","role":"\#(member.role)","state":"\#(member.state)","lag":"unknown"\#(timeline)}"#
        }
        return try JSONDecoder().decode(ClusterState.self, from: Data(#"{"members":[\#(objects.joined(separator: ","))]}"#.utf8))
    }

    @Test func `a cluster is whole with a leader, one that confirms its commits, and a third, all on one timeline`() throws {
        let whole = try state([("leader", "running", 2), ("sync_standby", "running", 2), ("replica", "streaming", 2)])
        #expect(whole.isWhole(of: 3))
        #expect(whole.leader == "node1" && whole.synchronousReplica == "node2")
    }

    @Test(
        arguments: [
            [("leader", "running", 2), ("replica", "running", 2), ("replica", "running", 2)],
            [("replica", "running", 2), ("sync_standby", "running", 2), ("replica", "running", 2)],
            [("leader", "running", 2), ("sync_standby", "running", 2)],
            [("leader", "running", 2), ("sync_standby", "running", 2), ("replica", "running", 1)],
            [("leader", "running", 2), ("sync_standby", "running", 2), ("replica", "starting", nil)],
            [("leader", "running", 2), ("sync_standby", "running", 2), ("replica", "start failed", 2)],
        ] as [[(role: String, state: String, timeline: Int?)]])
    func `without one of these it is not`(members: [(role: String, state: String, timeline: Int?)]) throws {
        #expect(try !state(members).isWhole(of: 3))
    }
}
