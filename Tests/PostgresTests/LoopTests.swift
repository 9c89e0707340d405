import Testing

@testable import Postgres

@Suite("The pieces of the event loop")
struct LoopTests {
    @Test func timersComeDueInOrder() {
        var timers = Timers()
        let order = Tally2()
        let start = MonotonicTime(nanoseconds: 1_000)
        for delay in [3, 1, 2] {
            _ = timers.add(at: start + .nanoseconds(delay)) { order.add(delay) }
        }
        let removed = timers.add(at: start + .nanoseconds(1)) { order.add(99) }
        timers.remove(removed)
        #expect(timers.next == start + .nanoseconds(1))
        #expect(timers.takeDue(by: start).isEmpty)
        for call in timers.takeDue(by: start + .nanoseconds(2)) { call() }
        #expect(order.values == [1, 2])
        #expect(timers.next == start + .nanoseconds(3))
        for call in timers.takeDue(by: .never) { call() }
        #expect(order.values == [1, 2, 3])
        #expect(timers.next == nil)
    }

    private final class Tally2 {
        var values: [Int] = []
        func add(_ value: Int) { values.append(value) }
    }

    @Test func timesAddUpWithoutOverflow() {
        #expect(MonotonicTime.never + .seconds(1) == .never)
        #expect(MonotonicTime(nanoseconds: 5) - .seconds(1) == MonotonicTime(nanoseconds: 0))
        #expect(MonotonicTime(nanoseconds: 1_000_001).milliseconds(since: MonotonicTime(nanoseconds: 0)) == 2)
        #expect(Duration.microseconds(10).milliseconds == 1)
    }

    @Test func aBufferGrowsAndKeepsWhatItHas() {
        var buffer = ByteBuffer(capacity: 4)
        for number in 0..<1_000 { buffer.append(Int32(number)) }
        buffer.append("äö")
        #expect(buffer.count == 4_004)
        #expect(Int32(bigEndian: buffer.bytes.loadUnaligned(fromByteOffset: 3_996, as: Int32.self)) == 999)
        buffer.clear()
        buffer.appendCopyEscaped(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(buffer.count == 0)
    }

    @Test func workFromManyThreadsRunsOnTheLoop() async {
        let loop = EventLoop(name: "pg-test")
        await withTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    for _ in 0..<50 {
                        await loop.run {
                            #expect(loop.isCurrent)
                            await Task.yield()
                            #expect(loop.isCurrent)
                        }
                    }
                }
            }
        }
    }
}
