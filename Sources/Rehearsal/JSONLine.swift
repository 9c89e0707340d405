import Foundation

/// Figures as one line of JSON with snake_case names.
public enum JSONLine {
    public static func text(_ figures: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(figures)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension Double {
    /// With four places behind the point.
    var roundedFigure: Double { (self * 10_000).rounded() / 10_000 }
}
