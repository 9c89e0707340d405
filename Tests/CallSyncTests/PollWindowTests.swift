import FoundationEssentials
import Model
import Testing

@testable import CallSync

@Suite struct PollWindowTests {
    private let now = Date(timeIntervalSince1970: 1_772_445_600)
    private var settings: Settings { Settings() }

    @Test func theFirstLooksBackInSlices() {
        let window = PollWindow(after: nil, now: now, settings: settings)
        #expect(window.from == now.addingTimeInterval(-24 * 3600))
        #expect(window.to == window.from.addingTimeInterval(3600))
        #expect(!window.isLast)
        #expect(window.mark(serverTime: now, latestChange: nil, before: nil) == window.to)
    }

    @Test func windowsOverlapAndEndInTheFuture() {
        let window = PollWindow(after: now.addingTimeInterval(-10), now: now, settings: settings)
        #expect(window.from == now.addingTimeInterval(-70))
        #expect(window.to == now.addingTimeInterval(86_400))
        #expect(window.isLast)
    }

    @Test func theMarkIsByTheVendorsClockAndNeverGoesBack() {
        let before = now.addingTimeInterval(-10)
        let window = PollWindow(after: before, now: now, settings: settings)
        let vendor = now.addingTimeInterval(-600)
        #expect(window.mark(serverTime: vendor, latestChange: nil, before: before) == before)
        #expect(window.mark(serverTime: now, latestChange: vendor, before: before) == now)
        #expect(window.mark(serverTime: nil, latestChange: now, before: before) == now)
        #expect(window.mark(serverTime: nil, latestChange: nil, before: before) == before)
    }

    @Test func nothingIsReadAheadOfTheVendorsClock() {
        let window = PollWindow(after: nil, now: now, settings: settings)
        let vendor = window.from.addingTimeInterval(600)
        #expect(window.mark(serverTime: vendor, latestChange: nil, before: nil) == vendor)
    }

    @Test func quietTimesGoByInFewQuestions() {
        var mark: Date?
        var stretch = 1
        var windows = 0
        while true {
            let window = PollWindow(after: mark, now: now, settings: settings, stretch: stretch)
            mark = window.mark(serverTime: now, latestChange: nil, before: mark)
            stretch = PollWindow.stretch(after: stretch, calls: 0)
            windows += 1
            if window.isLast { break }
        }
        #expect(windows <= 7)
        #expect(mark == now)
        #expect(PollWindow.stretch(after: 8, calls: 1000) == 8)
        #expect(PollWindow.stretch(after: 8, calls: 5000) == 4)
        #expect(PollWindow.stretch(after: 1, calls: 5000) == 1)
    }

    @Test func catchingUpEnds() {
        var mark: Date?
        var windows = 0
        while true {
            let window = PollWindow(after: mark, now: now, settings: settings)
            mark = window.mark(serverTime: now, latestChange: nil, before: mark)
            windows += 1
            if window.isLast { break }
        }
        #expect((20...30).contains(windows))
        #expect(mark == now)
    }
}
