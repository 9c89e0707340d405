import Routing
import Testing

@testable import Router

@Suite struct DecisionQueueTests {
    private static func records(_ range: Range<Int>, at second: Int64 = 1) -> [DecisionRecord] {
        range.map { index in
            DecisionRecord(
                tenant: 1, call: RouteCall(anum: "\(index)", bnum: "b", at: second * 1000), facts: .unknown,
                decision: .standard(.noRule), tookMicroseconds: Int32(index))
        }
    }

    private static func drain(_ queue: DecisionQueue) -> [Int32] {
        var taken: [Int32] = []
        while case let records = queue.take(), !records.isEmpty {
            #expect(records.count <= DecisionQueue.bundle)
            taken += records.map(\.tookMicroseconds)
        }
        return taken
    }

    @Test func `records come out in the order in which they went in, whatever their bundles`() {
        let queue = DecisionQueue(mostPerSecond: 1_000_000)
        var next = 0
        for size in [1, 3, 256, 150, 2, 125, 125, 1, 256] {
            queue.add(Self.records(next..<(next + size)))
            next += size
        }
        #expect(queue.count == next)
        #expect(Self.drain(queue) == (0..<Int32(next)).map { $0 })
        #expect(queue.count == 0)
    }

    @Test func `what is given back is the oldest, and the queue has its bound`() {
        let queue = DecisionQueue(most: 2000, mostPerSecond: 1_000_000)
        for start in stride(from: 0, to: 2000, by: 100) { queue.add(Self.records(start..<(start + 100))) }
        let taken = queue.take()
        queue.add(Self.records(2000..<2150))
        #expect(queue.count == 2000 - taken.count + 150)
        queue.giveBack(taken)
        #expect(queue.count == 2000)
        let left = Self.drain(queue)
        #expect(left.count == 2000 && left.first == 150 && left.last == 2149 && left == left.sorted())
    }

    @Test func `large questions take the room of several`() {
        let queue = DecisionQueue(mostBytes: 100_000, mostPerSecond: 1_000_000)
        let large = Self.records(0..<1).map { record in
            var record = record
            record.call.extras = (0..<30).map { RouteCall.Extra(name: "n\($0)", value: String(repeating: "x", count: 256)) }
            return record
        }
        for _ in 0..<100 { queue.add(large) }
        #expect((5..<15).contains(queue.count))
        let taken = queue.take()
        queue.add(Self.records(0..<100))
        #expect(queue.count == 100)
        queue.giveBack(taken)
        #expect(queue.count == 100 + taken.count)
    }

    @Test func `above the rate records are counted only`() {
        let queue = DecisionQueue(mostPerSecond: 100)
        queue.add(Self.records(0..<80, at: 1))
        queue.add(Self.records(80..<160, at: 1))
        queue.add(Self.records(160..<200, at: 2))
        #expect(Self.drain(queue) == (0..<100).map { $0 } + (160..<200).map { $0 })
    }

    @Test func `what waited is written only a little faster than new decisions come`() {
        let start = ContinuousClock.now
        let backlog = DecisionBacklog(count: 100_000, at: start)
        // As many came as were written: on.
        #expect(backlog.pause(left: 100_000, at: start) == .zero)
        #expect(backlog.pause(left: 101_000, at: start + .seconds(1)) == .zero)
        #expect(backlog.pause(left: 97_000, at: start) == .seconds(2))
        #expect(backlog.pause(left: 91_000, at: start + .seconds(5)) == .seconds(1))
        #expect(backlog.pause(left: 91_000, at: start + .seconds(7)) == .zero)
    }

    @Test func `while a hundred thousand are moved nobody waits long for the queue`() async {
        let queue = DecisionQueue(mostPerSecond: 10_000_000)
        for start in stride(from: 0, to: 100_000, by: 250) { queue.add(Self.records(start..<(start + 250))) }
        let few = Self.records(0..<1)
        let clock = ContinuousClock()
        var long = 0
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<2000 { queue.giveBack(queue.take()) }
            }
            for _ in 0..<2000 where clock.measure({ queue.add(few) }) > .milliseconds(500) { long += 1 }
        }
        // A loaded machine may take the thread away for a while; moving all of them would take longer than this each time.
        #expect(long < 5)
    }
}
