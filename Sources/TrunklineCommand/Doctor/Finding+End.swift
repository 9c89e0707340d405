import Foundation
import Operations

extension Finding {
    /// What there is to say of a credential's end; nil while it is far away.
    ///
    /// - Parameter what: the credential, as a sentence begins with it.
    static func ending(_ check: String, _ what: String, at end: Date, now: Date, remedy: String) -> Finding? {
        let left = end.timeIntervalSince(now)
        guard left < 30 * 86_400 else { return nil }
        guard left > 0 else { return .failure(check, "\(what) ended \(PlainTime.span(-left)) ago", remedy: remedy) }
        return .warning(check, "\(what) ends in \(PlainTime.span(left))", remedy: remedy)
    }
}
