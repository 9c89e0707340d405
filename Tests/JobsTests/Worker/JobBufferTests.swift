import Postgres
import Testing

@testable import Jobs

@Suite struct JobBufferTests {
    private func buffer(_ jobs: [(id: Int64, tenant: Int32, lane: Lane, handler: Int, solo: Bool)]) -> JobBuffer {
        var buffer = JobBuffer(handlers: 2)
        for job in jobs {
            buffer.append(
                Job(id: job.id, kind: "k\(job.handler)", tenant: job.tenant, lane: job.lane, isSolo: job.solo),
                handler: job.handler)
        }
        return buffer
    }

    @Test func aBatchIsOfOneTenantLaneAndKind() {
        var buffer = buffer([
            (1, 1, .live, 0, false), (2, 2, .live, 0, false), (3, 1, .live, 0, false), (4, 1, .live, 1, false),
            (5, 1, .late, 0, false),
        ])
        var batches: [[Int64]] = []
        while let batch = buffer.next(batchSizes: [10, 10], mayRun: { _, _ in true }) { batches.append(batch.jobs.map(\.id)) }
        #expect(batches == [[1, 3], [2], [4], [5]])
        #expect(buffer.count == 0)
    }

    @Test func tenantsTakeTurns() {
        var buffer = buffer((1...4).map { (Int64($0), 1, .live, 0, false) } + (5...6).map { (Int64($0), 2, .live, 0, false) })
        var batches: [[Int64]] = []
        while let batch = buffer.next(batchSizes: [2, 2], mayRun: { _, _ in true }) { batches.append(batch.jobs.map(\.id)) }
        #expect(batches == [[1, 2], [5, 6], [3, 4]])
    }

    @Test func aJobThatIsToRunAloneIsABatch() {
        var buffer = buffer([(1, 1, .live, 0, false), (2, 1, .live, 0, true), (3, 1, .live, 0, false)])
        var batches: [[Int64]] = []
        while let batch = buffer.next(batchSizes: [10, 10], mayRun: { _, _ in true }) { batches.append(batch.jobs.map(\.id)) }
        #expect(batches == [[1], [2], [3]])
    }

    @Test func aHandlerThatIsBusyIsPassedOver() {
        var buffer = buffer([(1, 1, .live, 0, false), (2, 1, .backfill, 1, false)])
        #expect(buffer.next(batchSizes: [1, 1], mayRun: { group, _ in group.handler == 1 })?.jobs.map(\.id) == [2])
        #expect(buffer.next(batchSizes: [1, 1], mayRun: { group, _ in group.handler == 1 }) == nil)
        #expect(buffer.removeAll().map(\.id) == [1])
        #expect(buffer.counts == [0, 0])
    }

    @Test func failuresAreKeptAsValidJSONWhateverTheirText() throws {
        let failure = JobFailure(code: "a\"b", message: "tab\tline\nnul\0 \u{1F600} \\", detail: #"{"x":1}"#)
        struct Document: Decodable {
            var code: String
            var message: String
            var detail: [String: Int]
        }
        let document = try failure.document.decode(Document.self)
        #expect(document.code == "a\"b")
        #expect(document.message == "tab\tline\nnul\u{fffd} \u{1F600} \\")
        #expect(document.detail == ["x": 1])
    }
}
