/// Seconds that a service named, brought into `range`; nil when they are no finite number.
///
/// A `Duration` made of anything else may end the process.
func boundedSeconds(_ seconds: Double, _ range: ClosedRange<Double> = 0...3600) -> Double? {
    seconds.isFinite ? min(max(seconds, range.lowerBound), range.upperBound) : nil
}

extension Duration {
    /// The wait that a service asked for, at most an hour; nil when it named none that can be understood.
    static func wait(_ seconds: Double?) -> Duration? { seconds.flatMap { boundedSeconds($0) }.map { .seconds($0) } }
}
