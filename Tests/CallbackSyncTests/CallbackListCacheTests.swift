import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@testable import CallbackSync

@Suite(.timeLimit(.minutes(5))) struct CallbackListCacheTests {
    private struct Broken: Error {}

    /// A source of lists that answers, fails or hangs as it is told.
    private final class Source: Sendable {
        enum Way { case answers, fails, hangs }

        struct Figures {
            var way = Way.answers
            var begun = 0
            var cancelled = 0
            var hanging: [CheckedContinuation<Void, Never>] = []
        }
        let figures = Mutex(Figures())

        func read() async throws -> [CallbackListSet.List] {
            let way = figures.withLock { figures in
                figures.begun += 1
                return figures.way
            }
            switch way {
            case .answers: break
            case .fails: throw Broken()
            case .hangs:
                await withTaskCancellationHandler {
                    await withCheckedContinuation { continuation in
                        // Who was cancelled before hanging would not be released any more.
                        let hangs = figures.withLock { figures in
                            guard !Task.isCancelled else { return false }
                            figures.hanging.append(continuation)
                            return true
                        }
                        if !hangs { continuation.resume() }
                    }
                } onCancel: {
                    figures.withLock { $0.cancelled += 1 }
                    release()
                }
                try Task.checkCancellation()
            }
            return []
        }

        func set(_ way: Way) { figures.withLock { $0.way = way } }

        func release() {
            for continuation in figures.withLock({ figures in
                defer { figures.hanging = [] }
                return figures.hanging
            }) { continuation.resume() }
        }

        var begun: Int { figures.withLock(\.begun) }
    }

    private func running(
        fresh: Duration = .zero, stale: Duration = .seconds(600), patience: CallbackListCache.Patience,
        _ body: (CallbackListCache, Source, Task<Void, any Error>) async throws -> Void
    ) async throws {
        let (cache, source) = (CallbackListCache(fresh: fresh, stale: stale, patience: patience), Source())
        let running = Task { try await cache.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(cache, source, running)) } catch { result = .failure(error) }
        running.cancel()
        _ = await running.result
        try result.get()
    }

    @Test func whileOneReadHangsTheOldAnswerIsGivenAndNoOtherIsBegun() async throws {
        try await running(patience: .init(withAnswer: .milliseconds(20))) { cache, source, _ in
            #expect(try await !cache.lists(of: "demo", read: source.read).isStale)
            source.set(.hangs)
            for _ in 0..<3 { #expect(try await cache.lists(of: "demo", read: source.read).isStale) }
            #expect(source.begun == 2)
            // The read goes on, and serves who asks next.
            source.set(.answers)
            source.release()
            try await eventually("a new answer") { try await !cache.lists(of: "demo", read: source.read).isStale }
        }
    }

    @Test func withoutAnOldAnswerTheWaitEndsWithAnError() async throws {
        try await running(patience: .init(without: .milliseconds(20))) { cache, source, _ in
            source.set(.hangs)
            await #expect(throws: CallbackListCache.Trouble.takesTooLong) {
                try await cache.lists(of: "demo", read: source.read)
            }
        }
    }

    @Test func anAnswerThatIsTooOldIsNone() async throws {
        try await running(stale: .zero, patience: .init(without: .milliseconds(20))) { cache, source, _ in
            try await eventually("an answer in time") { (try? await cache.lists(of: "demo", read: source.read)) != nil }
            source.set(.hangs)
            await #expect(throws: CallbackListCache.Trouble.self) { try await cache.lists(of: "demo", read: source.read) }
        }
    }

    @Test func aReadThatTakesTooLongIsGivenUp() async throws {
        try await running(patience: .init(read: .milliseconds(20))) { cache, source, _ in
            source.set(.hangs)
            await #expect(throws: CallbackListCache.Trouble.takesTooLong) {
                try await cache.lists(of: "demo", read: source.read)
            }
            #expect(source.figures.withLock(\.cancelled) == 1)
        }
    }

    @Test func afterAFailureNobodyAsksForAWhile() async throws {
        try await running(patience: .init(pause: .seconds(600), longestPause: .seconds(600))) { cache, source, _ in
            source.set(.fails)
            for _ in 0..<3 {
                await #expect(throws: Broken.self) { try await cache.lists(of: "demo", read: source.read) }
            }
            #expect(source.begun == 1)
            await #expect(throws: Broken.self) { try await cache.lists(of: "other", read: source.read) }
            #expect(source.begun == 2)
        }
    }

    @Test(arguments: [(1, 2), (2, 4), (5, 32), (6, 60), (1000, 60)])
    func thePauseGrows(failures: Int, seconds: Int) {
        #expect(CallbackListCache.Patience().pause(after: failures) == .seconds(seconds))
    }

    @Test func whenTheProgramStopsTheReadIsGivenUpAndNobodyWaits() async throws {
        try await running(patience: .init()) { cache, source, running in
            source.set(.hangs)
            let asked = Task { try await cache.lists(of: "demo", read: source.read) }
            try await eventually("the read is under way") { source.begun == 1 }
            running.cancel()
            await #expect(throws: (any Error).self) { try await asked.value }
            #expect(source.figures.withLock(\.cancelled) == 1)
            _ = await running.result
            await #expect(throws: (any Error).self) { try await cache.lists(of: "another", read: source.read) }
        }
    }
}
