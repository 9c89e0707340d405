import Foundation

/// A scale from nothing to a round number that is at least the largest value.
struct Scale: Sendable, Equatable {
    let top: Double
    let step: Double

    /// - Parameters:
    ///   - largest: what has to fit.
    ///   - ticks: about how many steps.
    init(largest: Double, ticks: Int = 4) {
        guard largest > 0, largest.isFinite else {
            (top, step) = (1, 1)
            return
        }
        let raw = largest / Double(ticks)
        let power = pow(10, floor(log10(raw)))
        let factor = [1, 2, 2.5, 5, 10].first { $0 * power >= raw * 0.999_999 } ?? 10
        step = factor * power
        top = (largest / step).rounded(.up) * step
    }

    var marks: [Double] { stride(from: 0, through: top + step / 2, by: step).map { $0 } }

    /// `1 200`, `12 k`, `1.5 M`, `0.25`: as short as it stays exact for a round number.
    static func words(_ value: Double) -> String {
        switch value {
        case 1_000_000...: "\(trimmed(value / 1_000_000)) M"
        case 10_000...: "\(trimmed(value / 1000)) k"
        case 100...: Count.grouped(Int(value.rounded()))
        default: trimmed(value)
        }
    }

    private static func trimmed(_ value: Double) -> String {
        let text = String(format: "%.2f", value)
        return text.contains(".") ? String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()) : text
    }
}
