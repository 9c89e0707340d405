package import FoundationEssentials

/// Short times, one in each hour of a span, that together hold a share of it: a sample for which every call has the same chance, and busy hours
/// count for more as they do in all.
package enum SampleWindows {
    private static let hour = 3600.0

    /// - Parameters:
    ///   - span: from a full hour on; its last hour may be one that has only begun.
    ///   - share: how much of each hour, above 0 and up to 1.
    /// - Returns: times without overlap, oldest first. They lie elsewhere in each hour, since much happens at full and at half hours; for one
    ///   hour always at the same place, so that whoever asks twice sees the same calls.
    package static func even(over span: Range<Date>, share: Double) -> [Range<Date>] {
        let width = hour * min(share, 1)
        return stride(from: span.lowerBound, to: span.upperBound, by: hour).flatMap { begin in
            let offset = place(of: begin) * hour
            // What would reach into the next hour begins at the start of its own.
            let wrapped = max(offset + width - hour, 0)
            return [(0, wrapped), (offset, offset + width - wrapped)].filter { $0.0 < $0.1 }.map {
                begin.addingTimeInterval($0.0)..<begin.addingTimeInterval($0.1)
            }
        }
    }

    /// Multiples of the golden ratio spread over the hour more evenly than chance would.
    private static func place(of begin: Date) -> Double {
        ((begin.timeIntervalSince1970 / hour).rounded(.down) * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)
    }
}
