import CallSync
import Foundation
import Testing

@Suite struct SampleWindowsTests {
    private static let begin = Date(timeIntervalSince1970: 1_795_910_400)
    private static let month = begin..<begin.addingTimeInterval(30 * 86_400)

    @Test(arguments: [0.0005, 0.01, 0.3, 0.75, 1]) func `times are the wanted share of every hour, and never overlap`(
        share: Double
    ) {
        let windows = SampleWindows.even(over: Self.month, share: share)
        #expect(zip(windows, windows.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        let byHour = Dictionary(grouping: windows) { Int($0.lowerBound.timeIntervalSince(Self.begin) / 3600) }
        #expect(byHour.count == 720)
        #expect(byHour.values.allSatisfy { abs($0.reduce(0) { $0 + $1.length } - share * 3600) < 0.001 })
        #expect(windows.allSatisfy { Self.month.contains($0.lowerBound) && $0.upperBound <= Self.month.upperBound })
    }

    @Test func `each part of the hour has its turn`() {
        let windows = SampleWindows.even(over: Self.month, share: 0.01)
        let minutes = Dictionary(grouping: windows) { Int($0.lowerBound.timeIntervalSince(Self.begin) / 60) % 60 }
        #expect(minutes.count == 60)
        #expect(minutes.values.allSatisfy { (6...20).contains($0.count) })
    }

    @Test func `an hour is looked at in the same place by whoever asks`() {
        let later = Self.begin.addingTimeInterval(3600)..<Self.month.upperBound
        #expect(
            SampleWindows.even(over: later, share: 0.01)
                == Array(SampleWindows.even(over: Self.month, share: 0.01).filter { later.contains($0.lowerBound) }))
    }
}

extension Range<Date> {
    fileprivate var length: TimeInterval { upperBound.timeIntervalSince(lowerBound) }
}
