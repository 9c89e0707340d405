import FoundationEssentials

/// A stretch of time in whole seconds, both ends included, as the vendor's filters have it.
struct TimeWindow: Equatable {
    var from: Date
    var to: Date

    /// The window that covers `from` to `to`: fractions are rounded outwards, because the filters know whole seconds only.
    init(from: Date, to: Date) {
        self.from = Date(timeIntervalSince1970: from.timeIntervalSince1970.rounded(.down))
        self.to = Date(timeIntervalSince1970: to.timeIntervalSince1970.rounded(.up))
    }

    /// The window in slices none of which is wider than `widest`. Each begins with the second the one before ended
    /// with, so that nothing falls between two whole seconds; what lies on a seam comes twice.
    func slices(widest: Duration) -> [TimeWindow] {
        guard from <= to else { return [] }
        let step = TimeInterval(max(1, widest.components.seconds))
        var slices: [TimeWindow] = []
        var start = from
        repeat {
            let end = min(start.addingTimeInterval(step), to)
            slices.append(TimeWindow(from: start, to: end))
            start = end
        } while start < to
        return slices
    }
}
