public import FoundationEssentials

/// A value of a column in Dynamics.
public enum FieldValue: Sendable, Hashable {
    case text(String)
    case int(Int)
    case bool(Bool)
    /// Compared and written in whole seconds.
    case time(Date)
    /// A row of an entity set, for example `systemusers`.
    case lookup(set: String, id: UUID)
    case none

    /// The value as one text, by which two values are compared and kept: lookups by id, times in whole seconds.
    public var comparable: String {
        switch self {
        case .text(let text): text
        case .int(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        case .time(let date): DataverseTime.text(date)
        case .lookup(_, let id): id.lowercase
        case .none: ""
        }
    }
}
